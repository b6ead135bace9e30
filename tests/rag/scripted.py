"""A chat model with one reply, and what a Writer makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexes.support_weights import support
from rag.thinking import grown
from rag.types import Delta, Hit, Message
from rag.verification.verifier import Verifier
from rag.writing import Draft, Writer


class Says:
    """A chat model whose reply comes in these pieces."""

    name = "scripted"

    def __init__(self, *pieces: str, finish_reason: str = "stop") -> None:
        self._deltas = [*map(Delta, pieces), Delta("", finish_reason)]

    def stream(self, _messages: Sequence[Message]) -> Iterator[Delta]:
        yield from self._deltas


def drafted(model: Says, hits: Sequence[Hit], *, is_checked: bool = True) -> tuple[str, Draft]:
    """(what is shown in the end, the draft)."""
    verifier = Verifier(support) if is_checked else None
    shown, writing = "", Writer(model, verifier=verifier).write("When did the bridge open?", hits)
    while True:
        try:
            event = next(writing)
            shown = grown(shown, event) if isinstance(event, str) else shown
        except StopIteration as end:
            return shown, end.value
