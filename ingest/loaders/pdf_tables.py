"""Finds the tables among the lines of a PDF page and puts each in their place, as one line of Markdown."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

from ingest.loaders.pdf_columns import column_rows
from ingest.loaders.pdf_grids import Grid, grid_rows, grids_of
from ingest.loaders.pdf_letters import Letters, Word, level
from ingest.loaders.pdf_line import Line
from ingest.loaders.pdf_rows import cell_text, is_right_to_left, pieces, text_rows
from ingest.loaders.pdf_rulings import Ruling, rulings_of
from ingest.loaders.tables import markdown_table
from rag.types import Box

if TYPE_CHECKING:
    import pypdfium2

Area = tuple[float, float, float, float]
"""Left, bottom, right and top in points, measured as if the text of the page were level."""
_MAX_LINES = 2_000
"""A page with more lines is not searched for tables."""
_SAME_EDGE = 6.0
_WIDE, _MAX_STEP = 0.6, 3.5
_DEVICE = 10_000


def with_tables(page: pypdfium2.PdfPage, letters: Letters, lines: list[Line], starts: Sequence[int]) -> list[Line]:
    """The lines, those of a table replaced by one that holds all of it. `starts`: where each is in the page's text."""
    if len(lines) < 2 or len(lines) > _MAX_LINES:
        return lines
    turn = Counter(line.turn for line in lines).most_common(1)[0][0]
    if turn % 90:
        return lines
    finder = _Finder(letters, lines, starts, turn, page.get_mediabox())
    drawn, edges = rulings_of(page, turn)
    for grid in grids_of(drawn, edges.level):
        finder.try_grid(grid)
    for grid in grids_of(edges):
        finder.try_grid(grid)
    for area, head_end in _ruled_regions(drawn.level, finder):
        finder.try_columns(area, head_end)
    for run in list(_runs(finder)):
        finder.try_run(run)
    return finder.result(page) if finder.tables else lines


class _Finder:
    """The words of a page, and the tables found so far."""

    def __init__(self, letters: Letters, lines: Sequence[Line], starts: Sequence[int], turn: int, paper: Area) -> None:
        self.lines, self.turn = lines, turn
        self.tables: list[tuple[Area, list[list[str]]]] = []
        self._letters, self._starts = letters, starts
        self._words: dict[int, list[Word]] = {}
        self._paper = _levelled(paper, turn)

    def words(self, n: int) -> list[Word]:
        """The words of line `n`."""
        if n not in self._words:
            line = self.lines[n]
            if line.turn == self.turn:
                words = self._letters.words(line.text, self._starts[n], line.size, self.turn)
            else:
                words = [self._letters.turned(line.text, self._starts[n], line.size, self.turn)]
            self._words[n] = [word for word in words if _is_in(word, self._paper)]
        return self._words[n]

    def within(self, area: Area, *, with_turned: bool = False) -> list[Word]:
        """The words whose middle is in the area; lines of another direction count as one word."""
        near = (
            n
            for n, line in enumerate(self.lines)
            if (_may_touch(line, area) if line.turn == self.turn else with_turned)
        )
        return [word for n in near for word in self.words(n) if _is_in(word, area)]

    def is_free(self, area: Area) -> bool:
        """Whether no table was found there."""
        return not any(_overlap(area, found) for found, _ in self.tables)

    def try_grid(self, grid: Grid) -> None:
        """Take the grid as a table, if it is one: by its cells or, where it has only rows, by the gaps in them."""
        area = (grid.xs[0] - 1, grid.ys[-1] - 1, grid.xs[-1] + 1, grid.ys[0] + 1)
        if len(grid.ys) > 2 and self.is_free(area) and (words := self.within(area, with_turned=True)):
            if rows := grid_rows(grid, words):
                self._take(area, rows, words)
            elif len(grid.xs) == 2:
                self._take_columns(column_rows(words, is_ruled=True, head_end=grid.ys[1]))

    def try_columns(self, area: Area, head_end: float) -> None:
        """Take the words between two drawn lines as a table, if their gaps are columns."""
        if self.is_free(area) and (words := self.within(area)):
            self._take_columns(column_rows(words, is_ruled=True, head_end=head_end))

    def try_run(self, run: Sequence[Sequence[int]]) -> None:
        """Take rows of lines as a table, if their gaps are columns, and else parts of them that have equal gaps."""
        rows = [sorted((word for n in row for word in self.words(n)), key=lambda word: word.left) for row in run]
        rows = [row for row in rows if row]
        if not self._try_rows(rows):
            parts = _alike(rows)
            for part in parts if len(parts) > 1 else []:
                self._try_rows(part)

    def _try_rows(self, rows: Sequence[Sequence[Word]]) -> bool:
        """The first rows may be something else, or a head whose words are not above their columns."""
        for n_skipped in range(min(3, len(rows) - 1)):
            words = [word for row in rows[n_skipped:] for word in row]
            if found := column_rows(words):
                head = pieces(rows[n_skipped - 1]) if n_skipped else []
                if len(head) == len(found[0][0]):
                    found = [[cell_text(cell) for cell in head], *found[0]], [*rows[n_skipped - 1], *found[1]]
                self._take_columns(found)
                return True
        return False

    def _take_columns(self, found: tuple[list[list[str]], list[Word]] | None) -> None:
        if found:
            self._take(_around(found[1]), *found)

    def _take(self, area: Area, rows: list[list[str]], words: Sequence[Word]) -> None:
        n_right_to_left = sum(is_right_to_left(word.text) for word in words)
        ordered = [row[::-1] for row in rows] if 2 * n_right_to_left > len(words) else rows
        self.tables.append((area, ordered))

    def result(self, page: pypdfium2.PdfPage) -> list[Line]:
        """All lines of the page in order, each table at the place of its first line."""
        made: list[Line] = []
        waiting = {n: self._table_line(page, *table) for n, table in enumerate(self.tables)}
        for n, line in enumerate(self.lines):
            touched = [t for t, (area, _) in enumerate(self.tables) if line.turn != self.turn or _may_touch(line, area)]
            if not touched:
                made.append(line)
                continue
            for owner, words in _by_owner(self.words(n), [(t, self.tables[t][0]) for t in touched]):
                if owner is None:
                    made.append(_rest(line, words, is_whole=len(words) == len(self.words(n))))
                elif owner in waiting:
                    made.append(waiting.pop(owner))
        return made

    def _table_line(self, page: pypdfium2.PdfPage, area: Area, rows: list[list[str]]) -> Line:
        left, bottom, right, top = area
        size = max(1.0, min(12.0, top - bottom))
        box = _shares(page, area, self.turn)
        return Line(markdown_table(rows), left, right, top, bottom, size, False, False, self.turn, box)


def _alike(rows: Sequence[list[Word]]) -> list[list[list[Word]]]:
    """Parts of the rows, as they are cut by a line without gaps after which the number of pieces is another."""
    parts: list[list[list[Word]]] = []
    n_pieces, between = 0, list[list[Word]]()
    for has_gaps, group in groupby(rows, key=lambda row: len(pieces(row)) > 1):
        some = list(group)
        if not has_gaps:
            between = some
            continue
        n_own = round(median(len(pieces(row)) for row in some))
        if parts and abs(n_own - n_pieces) < 2 and all(_is_inset(row[0], some[0][0]) for row in between):
            parts[-1] += [*between, *some]
        else:
            parts.append(some)
        n_pieces = n_own
    return parts


def _is_inset(word: Word, first: Word) -> bool:
    """Whether a line goes on below a cell, and is not the heading of another table."""
    return word.size < 0.95 * first.size or word.left > first.left + first.size


def _by_owner(words: Sequence[Word], areas: Sequence[tuple[int, Area]]) -> Iterator[tuple[int | None, list[Word]]]:
    """Words that follow each other in the same table, or in none."""
    owner, some = None, list[Word]()
    for word in words:
        its = next((t for t, area in areas if _is_in(word, area)), None)
        if some and its != owner:
            yield owner, some
            some = []
        owner = its
        some.append(word)
    if some:
        yield owner, some


def _rest(line: Line, words: Sequence[Word], *, is_whole: bool) -> Line:
    """What a table left of a line."""
    if is_whole:
        return line
    text = " ".join(word.text for word in words)
    return replace(
        line,
        text=text,
        left=min(word.left for word in words),
        right=max(word.right for word in words),
        first=words[0].y,
        last=words[-1].y,
    )


def _may_touch(line: Line, area: Area) -> bool:
    left, bottom, right, top = area
    if max(line.first, line.last) < bottom or min(line.first, line.last) > top:
        return False
    # Of a split word's two lines only the ends are known, and right-to-left lines are mirrored: look at the words.
    return line.first != line.last or line.left < 0 or (line.right > left and line.left < right)


def _is_in(word: Word, area: Area) -> bool:
    x, y = (word.left + word.right) / 2, word.y + 0.3 * word.size
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(words: Sequence[Word]) -> Area:
    bottom = min(word.y - 0.25 * word.size for word in words)
    top = max(word.y + 0.9 * word.size for word in words)
    return min(word.left for word in words) - 1, bottom, max(word.right for word in words) + 1, top


def _ruled_regions(flat: Sequence[Ruling], finder: _Finder) -> Iterator[tuple[Area, float]]:
    """Between level lines of one width, as around a table's head and at its end, where the text has gaps.

    With each comes the height of its second line.
    """
    groups: list[list[Ruling]] = []
    for line in reversed(flat):
        alike = [group for group in groups if _is_same_width(group[-1], line)]
        if alike:
            alike[0].append(line)
        else:
            groups.append([line])
    for group in groups:
        first = 0
        for n in range(1, len(group) + 1):
            if n == len(group) or not _has_gaps(finder, _between(group[n - 1], group[n])):
                if n - 1 > first:
                    yield _between(group[first], group[n - 1]), group[first + 1].at
                first = n


def _between(above: Ruling, below: Ruling) -> Area:
    return above.start - 2, below.at, above.end + 2, above.at


def _is_same_width(one: Ruling, other: Ruling) -> bool:
    return abs(one.start - other.start) < _SAME_EDGE and abs(one.end - other.end) < _SAME_EDGE


def _has_gaps(finder: _Finder, area: Area) -> bool:
    """Whether most lines there have gaps; a look at the lines spares one at the words of running text."""
    near = [line for line in finder.lines if line.turn == finder.turn and _may_touch(line, area)]
    if not near or 2 * sum(len(line.text) > 50 and not _has_wide_gaps(line) for line in near) > len(near):
        return False
    rows = text_rows(finder.within(area))
    return bool(rows) and sum(len(pieces(row, 0.8)) > 1 for row in rows) >= 0.6 * len(rows)


def _runs(finder: _Finder) -> Iterator[list[list[int]]]:
    """Rows of lines that follow each other downwards and have gaps; single ones between them may have none."""
    run: list[list[int]] = []
    n_full = n_plain = 0
    for row in _visual_rows(finder):
        line = finder.lines[row[0]]
        above = finder.lines[run[-1][-1]] if run else None
        is_below = above is not None and 0 < above.last - line.first < _MAX_STEP * max(line.size, above.size)
        has_gaps = len(row) > 1 or _has_wide_gaps(line)
        if run and (not is_below or (not has_gaps and n_plain)):
            if n_full > 1:
                yield run[: len(run) - n_plain]
            run, n_full, n_plain = [], 0, 0
        if has_gaps:
            run, n_full, n_plain = [*run, row], n_full + 1, 0
        elif run:
            run, n_plain = [*run, row], 1
    if n_full > 1:
        yield run[: len(run) - n_plain]


def _visual_rows(finder: _Finder) -> Iterator[list[int]]:
    """Lines outside of tables; those that stand side by side and follow each other are one row."""
    row: list[int] = []
    for n, line in enumerate(finder.lines):
        if line.turn != finder.turn or any(_may_touch(line, area) for area, _ in finder.tables):
            continue
        last = finder.lines[row[-1]] if row else None
        if last and abs(last.last - line.first) < 0.3 * line.size and line.left > last.right:
            row.append(n)
        else:
            if row:
                yield row
            row = [n]
    if row:
        yield row


def _has_wide_gaps(line: Line) -> bool:
    """Whether it looks like a row of a table; loose, because the words are looked at afterwards."""
    return (line.right - line.left > _WIDE * line.size * len(line.text) and " " in line.text) or line.is_row


def _levelled(area: Area, turn: int) -> Area:
    (x0, y0), (x1, y1) = (level(math.radians(turn), *corner) for corner in (area[:2], area[2:]))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _shares(page: pypdfium2.PdfPage, area: Area, turn: int) -> Box:
    """The area as PDFium would draw it: turned and cut as the page says."""
    x, y = ctypes.c_int(), ctypes.c_int()
    ends = []
    for corner in (area[:2], area[2:]):
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, _DEVICE, _DEVICE, 0, *level(-math.radians(turn), *corner), x, y)
        ends.append((_share(x.value), _share(y.value)))
    (x0, y0), (x1, y1) = ends
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _share(place: int) -> float:
    return min(1.0, max(0.0, place / _DEVICE))
