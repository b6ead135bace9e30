"""The rows of a text's tables, each cell with the name of its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.filling.values import Value
from rag.filling.words import Field, stems_of

_LINE = re.compile(r"[^\n]+")
_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*\|?[ \t]*")
_BAR = re.compile(r"(?<!\\)\|")
_LEAST_COLUMNS = 3
"""A table of two columns has a field in each row, as a form has, and is read as one."""


@dataclass(frozen=True, slots=True)
class Row:
    """The line `start:end` of a text; column -> cell."""

    start: int
    end: int
    cells: tuple[tuple[str, str], ...]

    def holds(self, field: Field, value: Value) -> bool:
        """Whether a cell that is nothing but this value stands in the column that is named as the field is."""
        return any(_names(column, field) and _is(value, f"{column}: {cell}", cell) for column, cell in self.cells)

    def has(self, value: Value) -> bool:
        """Whether one of its cells is this value."""
        return any(_is(value, f"{column}: {cell}", cell) for column, cell in self.cells)


def rows_of(text: str) -> Iterator[Row]:
    """Those below a head, of tables as Markdown."""
    head: list[str] = []
    above = ""
    for line in _LINE.finditer(text):
        cells = _cells(line[0])
        if _RULE.fullmatch(line[0]):
            head = _cells(above)
        elif "|" not in line[0]:
            head = []
        elif len(head) >= _LEAST_COLUMNS and len(cells) == len(head):
            yield Row(*line.span(), tuple(zip(head, cells, strict=True)))
        above = line[0]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _BAR.split(line.strip().removeprefix("|").removesuffix("|"))]


def _names(column: str, field: Field) -> bool:
    return field.is_spoken_of(frozenset(stems_of(column)))


def _is(value: Value, said: str, cell: str) -> bool:
    """Whether a cell is nothing but this value, read behind the name of its column, which may have its unit."""
    places = [one for one in value.places(said, frozenset()) if one.start >= len(said) - len(cell)]
    return len(places) == 1 and places[0].is_it and not _beside(said, places[0].start, places[0].end, len(cell))


def _beside(said: str, start: int, end: int, length: int) -> bool:
    """Whether the cell has more words than the value and a unit."""
    rest = said[len(said) - length : start] + said[end:]
    return len(re.findall(r"[^\W\d_]{2,}", rest)) > 1
