"""Lists in a text, with the line above each that says what it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.embedding_text import heading_label
from rag.lines import Span, is_list_item, is_marked_heading, units
from rag.sentences import sentence_spans

_STOPS = (".", "!", "?")
FOLLOWING = re.compile(r"\b(?:following|as follows|folgende\w*|wie folgt)\b", re.IGNORECASE)
"""A sentence that has it leads to a list although it has ended."""
_INDENTS = ("  ", "\t")
"""What stands before a line that is more of the item above it."""
_MOST_WORDS = 4
"""Of a line that only names what follows; one of more words may tell something itself."""


class TextList(NamedTuple):
    """The characters `text[start:end]` of all items; `lead` says what they are, and stands at `place`, where that is in
    the text and right above. A lead that `is_name` says no more than that."""

    start: int
    end: int
    lead: str
    place: Span | None
    is_name: bool


def lists_of(text: str, heading: str = "") -> Iterator[TextList]:
    """Every list, in order; `heading` stands above the text."""
    above, lead, place = heading, heading, None
    start = end = -1
    for begin, stop, _ in units(text):
        unit = text[begin:stop]
        if is_list_item(unit) or (start >= 0 and text.endswith(_INDENTS, 0, begin)):
            start, end = begin if start < 0 else start, stop
            continue
        if start >= 0:
            yield TextList(start, end, lead, place, _only_names(lead))
            start = -1
        lead, place = above, None
        if is_marked_heading(unit):
            above = lead = heading_label(unit)
        else:
            first, last = sentence_spans(unit)[-1]
            if not unit.endswith(_STOPS) or FOLLOWING.search(unit, first):
                lead, place = unit[first:last], (begin + first, begin + last)
    if start >= 0:
        yield TextList(start, end, lead, place, _only_names(lead))


def _only_names(line: str) -> bool:
    return "\n" not in line and len(line.split()) <= _MOST_WORDS and not any(letter.isdigit() for letter in line)
