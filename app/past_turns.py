"""What of a conversation may still be told to a chat model: nothing that rests on documents which are not there any
more, or which whoever asks may not see any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.earlier import MAX_TURNS, MOST_IN_SHORT
from rag.types import Answer, Turn

GONE = "I answered from documents that are not there any more."
"""What stands for such an answer; it is told to a model, so it is not translated."""
_LOOKED_AT = MAX_TURNS + MOST_IN_SHORT
"""Turns that a model is told of at most."""


def still_told(
    history: Sequence[Turn], is_there: Callable[[str, str], bool], may_read: Callable[[str], bool]
) -> Sequence[Turn]:
    """The history with other words in place of such answers. `is_there`: whether a collection has a document from this
    source, in whatever version."""
    there: dict[tuple[str, str], bool] = {}

    def known(collection: str, source: str) -> bool:
        key = collection, source
        if key not in there:
            there[key] = may_read(collection) and is_there(collection, source)
        return there[key]

    def told(turn: Turn) -> Turn:
        places = {(one.chunk.collection, one.chunk.source) for one in turn.answer.citations}
        return turn if all(known(*place) for place in places) else replace(turn, answer=_gone(turn.answer, may_read))

    at = max(0, len(history) - _LOOKED_AT)
    return [*history[:at], *map(told, history[at:])]


def _gone(answer: Answer, may_read: Callable[[str], bool]) -> Answer:
    """The sources that may be seen stay, so that "that document" means none of an earlier answer."""
    seen = tuple(one for one in answer.citations if may_read(one.chunk.collection))
    return replace(answer, text=GONE, sentences=(), citations=seen, hits=(), outline=None, withheld="")
