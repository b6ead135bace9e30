"""This file finds the sentences of a text: the spans that answers quote and that chunkers do not cut through.

Both steps are linear in the length of the text, whatever it holds: lines are gathered into units that no sentence
crosses (rag/lines.py), and units of prose are cut after the stops that end a sentence there (rag/stops.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from rag.lines import Span, trim, units
from rag.stops import STOP, ends_sentence, is_casual

MAX_SENTENCE = 600
"""Characters; longer sentences are split at ; : , or a blank, since nobody reads a longer quote."""

_WORD = re.compile(r"\w")
_BREAKS = tuple(re.compile(marks) for marks in (r"[;；؛](?!\w)|；", r":(?!\S)|：", r",(?!\S)|[，、،]", r"\s"))
"""Where a sentence that is too long is cut, the best place first."""


def sentence_spans(text: str) -> list[Span]:
    """The sentences as character spans: in order, disjoint, without blanks around them; no other character is left out.

    A blank line always ends a sentence; a single line break does only around headings, list items, Markdown table
    rows (a `|---|` row belongs to the header above it) and lines of fenced code (a fence belongs to its nearest line).
    """
    spans: list[Span] = []
    for unit in units(text):
        sentences = _split_prose(text, unit.start, unit.end) if unit.is_prose else [(unit.start, unit.end)]
        for start, end in sentences:
            spans.extend(_split_long(text, start, end))
    return spans


def _split_prose(text: str, start: int, end: int) -> list[Span]:
    casual = is_casual(text, start, end)
    spans: list[Span] = []
    begin = start
    for stop in STOP.finditer(text, start, end):
        if stop.end() == end or ends_sentence(text, stop, begin, end, is_casual=casual):
            _append(text, spans, trim(text, begin, stop.end()))
            begin = trim(text, stop.end(), end)[0]
    if begin < end:
        _append(text, spans, (begin, end))
    return spans


def _append(text: str, spans: list[Span], span: Span) -> None:
    """Add a sentence; one without a word (an emoji, a lone quote) joins its neighbour instead."""
    if spans and not (_WORD.search(text, *span) and _WORD.search(text, *spans[-1])):
        spans[-1] = (spans[-1][0], span[1])
    else:
        spans.append(span)


def _split_long(text: str, start: int, end: int) -> Iterator[Span]:
    while (length := end - start) > MAX_SENTENCE:
        share = length // ceil(length / MAX_SENTENCE)
        cut = _cut(text, start + share // 2, start + share, start + min(MAX_SENTENCE, share * 3 // 2))
        yield trim(text, start, cut)
        start = trim(text, cut, end)[0]
    yield start, end


def _cut(text: str, low: int, aim: int, high: int) -> int:
    """The best place between `low` and `high`, nearest to `aim`; `aim` itself in a very long word."""
    for pattern in _BREAKS:
        places = [found.end() for found in pattern.finditer(text, low, high)]
        if places:
            return min(places, key=lambda place: abs(place - aim))
    return aim
