"""Tables whose cells are drawn: lines that cross become a grid, and the words in it become rows of cells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.loaders.pdf_letters import Word
from ingest.loaders.pdf_rows import cell_text, is_bulleted, is_one_piece, is_paragraph, number_share, pieces, text_rows
from ingest.loaders.pdf_rulings import Ruling, Rulings

Cell = tuple[int, int]
_NEAR = 3.0
"""Points by which two lines may miss each other and still cross."""
_OPEN = 6.0
"""Points that lines stick out of a grid when its outer edge is not drawn."""
_MAX_CELLS = 5_000
_MIN_WALL, _MIN_FLOOR = 0.25, 0.35


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines that cross. `xs` rise and `ys` fall; `walls[r, i]` tells whether row r is closed at `xs[i]`, and
    `floors[i, c]` whether column c is at `ys[i]`."""

    xs: list[float]
    ys: list[float]
    walls: NDArray[np.bool_]
    floors: NDArray[np.bool_]

    @property
    def area(self) -> float:
        """In square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[0] - self.ys[-1])

    def place(self, word: Word) -> Cell | None:
        """Row and column in which the middle of the word stands."""
        x, y = (word.left + word.right) / 2, word.y + 0.3 * word.size
        column = bisect_right(self.xs, x) - 1
        row = bisect_left([-at for at in self.ys], -y) - 1
        is_inside = 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1
        return (row, column) if is_inside else None

    def is_cut(self, word: Word, row: int) -> bool:
        """Whether a drawn line goes through the word."""
        first = bisect_right(self.xs, word.left + 0.3 * word.size)
        last = bisect_left(self.xs, word.right - 0.3 * word.size)
        return bool(self.walls[row, first:last].any())


def grids_of(rulings: Rulings, edges: Sequence[Ruling] = ()) -> list[Grid]:
    """Every set of lines that hang together, the smallest first; `edges` of coloured areas part whole rows, too."""
    flat, tall = rulings.level, rulings.upright
    if len(flat) < 2 or not tall:
        return []
    h = np.array([(line.at, line.start - _NEAR, line.end + _NEAR) for line in flat])
    v = np.array([(line.at, line.start - _NEAR, line.end + _NEAR) for line in tall])
    crosses = (
        (h[:, None, 1] <= v[None, :, 0])
        & (v[None, :, 0] <= h[:, None, 2])
        & (v[None, :, 1] <= h[:, None, 0])
        & (h[:, None, 0] <= v[None, :, 2])
    )
    grids = (_grid([flat[n] for n in rows], [tall[n] for n in columns], edges) for rows, columns in _connected(crosses))
    return sorted((grid for grid in grids if grid), key=lambda grid: grid.area)


def _connected(crosses: NDArray[np.bool_]) -> Iterator[tuple[list[int], list[int]]]:
    """Level and upright lines of each set that hangs together."""
    left = set(range(crosses.shape[0]))
    while left:
        rows, columns, waiting = set[int](), set[int](), [min(left)]
        while waiting:
            row = waiting.pop()
            rows.add(row)
            new = set(np.flatnonzero(crosses[row]).tolist()) - columns
            columns |= new
            for column in new:
                found = set(np.flatnonzero(crosses[:, column]).tolist()) - rows
                rows |= found
                waiting += found
        left -= rows
        if len(rows) > 1 and columns:
            yield sorted(rows), sorted(columns)


def _grid(flat: Sequence[Ruling], tall: Sequence[Ruling], edges: Sequence[Ruling]) -> Grid | None:
    if (grid := _regular(flat, tall)) is None:
        return None
    (left, right), (top, bottom) = (grid.xs[0], grid.xs[-1]), (grid.ys[0], grid.ys[-1])
    across = [
        line
        for line in edges
        if bottom + _OPEN < line.at < top - _OPEN
        and line.start < left + _NEAR
        and line.end > right - _NEAR
        and min(abs(line.at - y) for y in grid.ys) > _OPEN
    ]
    return _regular([*flat, *across], tall) if across else grid


def _regular(flat: Sequence[Ruling], tall: Sequence[Ruling]) -> Grid | None:
    """Lines that are drawn through a small part of it only, such as the boxes in a diagram, do not count."""
    whole = _drawn(flat, tall)
    if whole is None:
        return None
    heights, widths = -np.diff(whole.ys), np.diff(whole.xs)
    long_walls = (whole.walls * heights[:, None]).sum(0) >= _MIN_WALL * heights.sum()
    long_floors = (whole.floors * widths[None, :]).sum(1) >= _MIN_FLOOR * widths.sum()
    if long_walls.all() and long_floors.all():
        return whole
    columns = {x for x, is_long in zip(whole.xs, long_walls, strict=True) if is_long}
    rows = {y for y, is_long in zip(whole.ys, long_floors, strict=True) if is_long}
    kept_flat, kept_tall = [line for line in flat if line.at in rows], [line for line in tall if line.at in columns]
    return _drawn(kept_flat, kept_tall) if len(kept_flat) > 1 and kept_tall else None


def _drawn(flat: Sequence[Ruling], tall: Sequence[Ruling]) -> Grid | None:
    xs = _with_ends({line.at for line in tall}, min(line.start for line in flat), max(line.end for line in flat))
    ys = _with_ends({line.at for line in flat}, min(line.start for line in tall), max(line.end for line in tall))
    n_rows, n_columns = len(ys) - 1, len(xs) - 1
    if n_rows < 2 or n_columns < 1 or n_rows * n_columns > _MAX_CELLS:
        return None
    ys.reverse()
    walls = np.zeros((n_rows, n_columns + 1), bool)
    floors = np.zeros((n_rows + 1, n_columns), bool)
    middles = np.array([(above + below) / 2 for above, below in zip(ys, ys[1:], strict=False)])
    centres = np.array([(left + right) / 2 for left, right in zip(xs, xs[1:], strict=False)])
    for line in tall:
        walls[:, xs.index(line.at)] |= (line.start <= middles) & (middles <= line.end)
    for line in flat:
        floors[ys.index(line.at)] |= (line.start <= centres) & (centres <= line.end)
    walls[:, (0, -1)] = floors[(0, -1), :] = True
    return Grid(xs, ys, walls, floors)


def _with_ends(places: set[float], start: float, end: float) -> list[float]:
    """The places in order, with the ends where lines stick out of them: an edge that is not drawn."""
    ordered = sorted(places)
    before = [start] if start < ordered[0] - _OPEN else []
    after = [end] if end > ordered[-1] + _OPEN else []
    return [*before, *ordered, *after]


def grid_rows(grid: Grid, words: Sequence[Word]) -> list[list[str]] | None:
    """Cells by row, or None where the lines are no table: a chart, a frame, a form of one column."""
    cells: dict[Cell, list[Word]] = {}
    n_cut = 0
    for word in words:
        if place := grid.place(word):
            cells.setdefault(place, []).append(word)
            n_cut += grid.is_cut(word, place[0])
    if n_cut > max(1, len(words) // 20) or _is_underdrawn(cells):
        return None
    table = [row for r in range(len(grid.ys) - 1) for row in _band(grid, cells, r)]
    texts = [text for row in table for text in row if text]
    return table if _is_table(table) and not _is_repeated(texts) else None


def _is_underdrawn(cells: dict[Cell, list[Word]]) -> bool:
    """Whether there are rows of cells inside of a cell, so that the lines only part groups of rows or columns."""
    for words in cells.values():
        lines = text_rows(words) if len(words) > 5 else []
        n_pieces = [len(pieces(line)) for line in lines]
        if sum(n > 1 for n in n_pieces) > 0.6 * max(2.5, len(lines)) or len(lines) > 1 and min(n_pieces) > 2:
            return True
    return False


def _is_repeated(texts: Sequence[str]) -> bool:
    """Whether merged cells are the rule, as among the boxes of a diagram."""
    long = Counter(text for text in texts if len(text) > 10)
    return sum(n - 1 for n in long.values()) > 0.25 * len(texts)


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    used = [row for row in rows if any(row)]
    columns = [column for column in zip(*used, strict=True) if any(column)]
    if len(used) < 2 or len(columns) < 2:
        return False
    texts = [text for row in used for text in row if text]
    has_room = len(texts) >= max(3, 0.25 * len(used) * len(columns))
    is_layout = len(texts) < 8 and max(map(len, texts)) > 500
    if len(set(texts)) < max(3, 0.25 * len(texts)) or is_bulleted(used):
        return False
    return has_room and not is_layout and sum(sum(map(bool, row)) > 1 for row in used) > 1


def _band(grid: Grid, cells: dict[Cell, list[Word]], row: int) -> list[list[str]]:
    """The rows of text between two level lines: one, unless its lines are plainly rows of their own."""
    n_columns = len(grid.xs) - 1
    own = [cells.get((row, column), []) for column in range(n_columns)]
    if split := _split_band(own, len(grid.ys) - 1):
        return split
    texts = [""] * n_columns
    for column in range(n_columns):
        span = _span(grid, (row, column))
        texts[column] = _merged_text(grid, cells, (row, column), span)
    return [texts]


def _span(grid: Grid, cell: Cell) -> tuple[range, range]:
    """Rows and columns of the merged cell that this one is a part of, as far as no line is drawn between."""
    row, column = cell
    first, last = column, column
    while not grid.walls[row, first]:
        first -= 1
    while not grid.walls[row, last + 1]:
        last += 1
    top, bottom = row, row
    while not grid.floors[top, first : last + 1].any():
        top -= 1
    while not grid.floors[bottom + 1, first : last + 1].any():
        bottom += 1
    return range(top, bottom + 1), range(first, last + 1)


def _merged_text(grid: Grid, cells: dict[Cell, list[Word]], cell: Cell, span: tuple[range, range]) -> str:
    """Text of a cell; that of a merged one is repeated in all its parts, unless it fills whole rows."""
    rows, columns = span
    own = cells.get(cell, [])
    if len(rows) == len(columns) == 1:
        return cell_text(own)
    parts = [cells.get((row, column), []) for row in rows for column in columns]
    n_filled = sum(map(bool, parts))
    words = [word for part in parts for word in part]
    is_label = len(columns) == 1 and (n_filled < len(rows) or len(words) > 5 and is_paragraph(words))
    is_whole = n_filled == 1 or is_label or (len(columns) > 1 and is_one_piece(words))
    if not is_whole:
        return cell_text(own)
    if len(columns) == len(grid.xs) - 1:
        return cell_text(words) if cell == (rows[0], columns[0]) else ""
    return cell_text(words)


def _split_band(own: Sequence[list[Word]], n_bands: int) -> list[list[str]] | None:
    """Rows inside of a band, where columns have equally many lines at the same heights and one has only numbers."""
    columns = [text_rows(words) for words in own]
    n_lines = max(map(len, columns))
    full = [n for n, lines in enumerate(columns) if len(lines) == n_lines]
    if n_lines < 2 or len(full) < 2:
        return None
    has_numbers = any(number_share([cell_text(line) for line in columns[n]]) == 1 for n in full)
    n_words = sum(len(words) for words in own) / sum(len(lines) for lines in columns)
    is_long = n_bands <= 3 and n_lines >= 4 and 0 in full and 2 * len(full) > sum(map(bool, own)) and n_words < 4
    if not has_numbers and not is_long:
        return None
    heights = [line[0].y for line in columns[full[0]]]
    table = [[""] * len(own) for _ in heights]
    for column, lines in enumerate(columns):
        for line in lines:
            nearest = min(range(n_lines), key=lambda n, y=line[0].y: abs(heights[n] - y))  # type: ignore[misc]
            table[nearest][column] = f"{table[nearest][column]} {cell_text(line)}".strip()
    return table
