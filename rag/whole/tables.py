"""What tables say of things that are compared: the cells of the rows or of the columns that are theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.instructions import as_evidence
from rag.rows import TableRow, cells_of, rows_of
from rag.types import Chunk
from rag.whole.comparing import Row
from rag.whole.quotes import Quote
from rag.whole.terms import share, side_stems, side_terms, stems, terms

MOST_ROWS = 24

Cells = tuple[Quote, ...]
Table = tuple[tuple[str, ...], list[Cells]]
"""Heads, and the lines below them."""


def tabled(names: Sequence[str], chunks: Sequence[Chunk], aspect: str) -> list[Row]:
    """What tables have of every side, of copies the first; where a head or a line speaks of the aspect, that alone."""
    sides = [side_terms(name) for name in names]
    rows = [row for table in _tables(chunks) for row in _of_lines(table, sides) or _of_columns(table, sides)]
    asked = [row for row in rows if terms(aspect) & stems(row.shared)] if aspect else rows
    said = {(row.shared, *(cell and cell.text for cell in row.quotes)): row for row in reversed(asked or rows)}
    return list(reversed(said.values()))[:MOST_ROWS]


def is_told(quote: Quote, rows: Sequence[Row]) -> bool:
    """Whether the quote is a line of a table from which one of these rows has a cell."""
    cells = (cell for row in rows for cell in row.quotes if cell is not None and cell.chunk == quote.chunk)
    return quote.is_item and any(quote.start <= cell.start and cell.end <= quote.end for cell in cells)


def _of_lines(table: Table, sides: Sequence[frozenset[str]]) -> list[Row]:
    """A row for each head, where every side has one line of its own."""
    heads, lines = table
    own = [_own(side, [[cell.text for cell in line] for line in lines]) for side in sides]
    if None in own or len(set(own)) < len(sides):
        return []
    there = [lines[i] for i in own if i is not None]
    names = {
        i for side, line in zip(sides, there, strict=True) for i, cell in enumerate(line) if _is_of(side, cell.text)
    }
    return _filled((head, [line[i] for line in there]) for i, head in enumerate(heads) if i not in names)


def _of_columns(table: Table, sides: Sequence[frozenset[str]]) -> list[Row]:
    """A row for each line, where every side has one column of its own."""
    heads, lines = table
    own = [_own(side, [[head] for head in heads]) for side in sides]
    if None in own or len(set(own)) < len(sides) or 0 in own:
        return []
    return _filled((line[0].text, [line[i] for i in own if i is not None]) for line in lines)


def _filled(rows: Iterable[tuple[str, Sequence[Quote]]]) -> list[Row]:
    """Without those that say nothing of any side."""
    found = [Row(shared, tuple(cell if cell.text else None for cell in cells)) for shared, cells in rows]
    return [row for row in found if any(row.quotes)]


def _own(side: frozenset[str], lines: Sequence[Sequence[str]]) -> int | None:
    """The only line in which a cell is the side's name, else the only one in which a cell has it."""
    for is_one in (_is, _is_of):
        found = [i for i, cells in enumerate(lines) if any(is_one(side, cell) for cell in cells)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _is(side: frozenset[str], cell: str) -> bool:
    return stems(cell) == side or side_terms(cell) == side


def _is_of(side: frozenset[str], cell: str) -> bool:
    return share(side, side_stems(cell)) > 0.99


def _tables(chunks: Sequence[Chunk]) -> list[Table]:
    """Lines of the same document below the same heads, over however many passages they go, each once."""
    found: dict[tuple[int, tuple[str, ...]], dict[int, Cells]] = {}
    for chunk in sorted(chunks, key=lambda one: (one.document_id, one.start)):
        for heads, line in _lines(chunk):
            if len(line) == len(heads):
                found.setdefault((chunk.document_id, heads), {}).setdefault(line[0].start, line)
    return [(heads, list(lines.values())) for (_, heads), lines in found.items()]


def _lines(chunk: Chunk) -> Iterator[tuple[tuple[str, ...], Cells]]:
    """Every line of a table with the heads above it, which stand in the context where the table began before."""
    read = as_evidence(chunk)
    for row in rows_of(read.text, read.context):
        yield row.heads, _cells(chunk, read.text, row)


def _cells(chunk: Chunk, text: str, row: TableRow) -> Cells:
    at = chunk.start + row.start
    return tuple(Quote(chunk, at + first, at + last) for first, last in cells_of(text[row.start : row.end]))
