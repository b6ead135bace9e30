"""Lists in a text, with the line above each that says what it lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rag.embedding_text import heading_label
from rag.lines import Span, is_list_item, units
from rag.sentences import sentence_spans

_STOPS = (".", "!", "?")
_MOST_WORDS = 4
"""Of a line that only names what follows; one of more words may tell something itself."""


class TextList(NamedTuple):
    """The characters `text[start:end]` of all items; `lead` says what they are, `name` is its place where it stands in
    the text and says no more than that."""

    start: int
    end: int
    lead: str
    name: Span | None


def lists_of(text: str, heading: str = "") -> Iterator[TextList]:
    """Every list, in order; `heading` stands above the text."""
    above, lead, name = heading, heading, None
    start = end = -1
    for begin, stop, _ in units(text):
        unit = text[begin:stop]
        if is_list_item(unit):
            start, end = begin if start < 0 else start, stop
            continue
        if start >= 0:
            yield TextList(start, end, lead, name)
            start = -1
        if unit.startswith("#"):
            above = lead = heading_label(unit)
            name = None
        elif unit.endswith(_STOPS):
            lead, name = above, None
        else:
            last = sentence_spans(unit)[-1]
            lead = unit[slice(*last)]
            name = (begin, stop) if _only_names(unit) else None
    if start >= 0:
        yield TextList(start, end, lead, name)


def _only_names(line: str) -> bool:
    return "\n" not in line and len(line.split()) <= _MOST_WORDS and not any(letter.isdigit() for letter in line)
