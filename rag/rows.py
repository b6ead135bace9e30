"""Rows of the tables in a text, with the heads of their columns and the caption above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from rag.lines import Span, is_table_head, trim, units

_BAR = re.compile(r"(?<!\\)\|")
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"\A\W*(?:(?:table|tab\.|tabelle|tabla|figure|fig\.)? ?[A-Z]?\d+(?:[.-]\d+)*)", re.IGNORECASE)
_STOPS = (".", "!", "?")


class TableRow(NamedTuple):
    """The characters `text[start:end]`, and what stands above: the head of each column, and the table's caption."""

    start: int
    end: int
    heads: tuple[str, ...]
    caption: str


def rows_of(text: str, context: str = "") -> Iterator[TableRow]:
    """Every row of a table with the heads above it; `context` has these where the table began before the text."""
    heads, caption = heads_of(context), ""
    before: Span | None = None
    for start, end, is_prose in units(text):
        unit = text[start:end]
        if is_table_head(unit):
            heads, caption = heads_of(unit), "" if before is None else text[slice(*before)]
        elif is_prose or "|" not in unit:
            heads, caption = (), ""
        elif heads:
            yield TableRow(start, end, heads, caption)
        before = (start, end) if is_prose and _is_caption(unit) else None


def captions(text: str) -> list[Span]:
    """Lines right above the head of a table that are no sentence: they say what it holds, and none of it. One that has
    a number, its own left out, may say more: "Prices in EUR, valid until 31 December 2025"."""
    lines = [(start, end, text[start:end]) for start, end, _ in units(text)]
    return [
        (a, b)
        for (a, b, line), (_, _, head) in pairwise(lines)
        if is_table_head(head) and _is_caption(line) and not _DIGIT.search(_NUMBERED.sub("", line))
    ]


def _is_caption(unit: str) -> bool:
    return "\n" not in unit and "|" not in unit and not unit.endswith(_STOPS)


def heads_of(text: str) -> tuple[str, ...]:
    """The heads in the first line of a table."""
    line = next((line for line in text.splitlines() if "|" in line), "")
    return tuple(" ".join(line[start:end].split()) for start, end in cells_of(line))


def cells_of(line: str) -> list[Span]:
    """The characters of each cell, without blanks around them."""
    edges = [bar.start() for bar in _BAR.finditer(line)]
    edges = edges if line[:1] == "|" else [-1, *edges]
    edges = edges if line[-1:] == "|" else [*edges, len(line)]
    return [trim(line, before + 1, after) for before, after in pairwise(edges)]
