"""Turns of a conversation as JSON and back: whole answers, with the passages that they cite as they stood then."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import rag.types
from rag.types import Answer, Trace, Turn

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_LOST = "This answer was kept by another version of Footnote, which this one cannot read: its sources are not shown."


def as_json(turn: Turn) -> str:
    """What `read` takes."""
    return json.dumps(_turns().dump_python(turn, mode="python"))  # in ASCII: halves of surrogate pairs are no UTF-8


def read(text: str) -> Turn:
    """The turn, or the mere words of one that cannot be read, with a notice that says so."""
    from pydantic import ValidationError

    try:
        return _turns().validate_python(json.loads(text))
    except (ValidationError, ValueError, RecursionError):
        return _words(text)


@cache
def _turns() -> TypeAdapter[Turn]:
    """Made when it is first needed: it takes some tenths of a second."""
    from pydantic import TypeAdapter

    from rag.agent.nouns import Step
    from rag.verification.nouns import Check
    from rag.whole.nouns import Coverage, Outline

    parts = {one.__name__: one for one in (Step, Check, Coverage, Outline)}
    made = TypeAdapter(Turn)
    made.rebuild(_types_namespace={**vars(rag.types), **parts})
    return made


def _words(text: str) -> Turn:
    question, said = "", ""
    try:
        kept: Any = json.loads(text)
        question, said = str(kept["question"]), str(kept["answer"]["text"])
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return Turn(question, Answer(question, said, (), (), (), Trace(), notice=_LOST))
