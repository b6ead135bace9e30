"""Short replies of a chat model, bounded in time and length."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence

from rag.errors import ModelError
from rag.inert import visible
from rag.protocols import ChatModel
from rag.thinking import grown, without_thinking
from rag.types import Delta, Message

LONGEST = 1_200
"""Characters of a reply that is used; what is longer is no list of questions."""
_LABEL = re.compile(r"\A\s*(?:[-*•]\s+|\(?\d{1,2}[.):]\s*|(?:question|query)\s*:\s*)", re.IGNORECASE)


def reply(model: ChatModel, messages: Sequence[Message], seconds: float) -> str:
    """All that the model says; raises ModelError where it takes longer than `seconds` or does not come to an end."""
    said = ""
    deltas = model.stream(messages)
    try:
        for text in without_thinking(_in_time(deltas, time.monotonic() + seconds, seconds)):
            said = grown(said, text)
            if len(said) > LONGEST:
                raise ModelError(f"the chat model wrote more than {LONGEST:,} characters about what to search for")
    finally:
        if isinstance(deltas, Generator):
            deltas.close()
    return said.strip()


def lines(said: str, most: int, longest: int) -> list[str]:
    """The first lines of a reply without numbers and quotation marks before them; none that is empty or too long."""
    found = (_LABEL.sub("", visible(line)).strip().strip("\"“”'`*").strip() for line in said.splitlines())
    return [line for line in dict.fromkeys(found) if line and len(line) <= longest][:most]


def _in_time(deltas: Iterator[Delta], end: float, seconds: float) -> Iterator[str]:
    for delta in deltas:
        if time.monotonic() > end:
            raise ModelError(f"the chat model took longer than {seconds:g} seconds to say what to search for")
        yield delta.text
