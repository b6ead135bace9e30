"""Tables without drawn cells: words whose gaps lie below each other over several lines are columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from ingest.loaders.pdf_letters import Word
from ingest.loaders.pdf_rows import cell_text, is_number, number_share, pieces, text_rows

Strip = tuple[float, float]
"""Left and right of a column in points."""
_LEADER = re.compile(r"[._·…]{4,}")
_MIN_RIVER = 0.8
"""Width of the empty strip between two columns, in parts of the size of the text."""
_MAX_ROWS = 400


def column_rows(words: Sequence[Word], *, is_ruled: bool = False) -> list[list[str]] | None:
    """Cells by row, or None where the words are no table. Between drawn lines two columns need no further proof."""
    rows = text_rows(words)
    if not 2 <= len(rows) <= _MAX_ROWS or any(_LEADER.search(word.text) for word in words):
        return None
    cut = [pieces(row) for row in rows]
    strips = _strips(cut, median(word.size for word in words))
    if len(strips) < 2:
        return None
    cells = [_placed(row, strips) for row in cut]
    table = _joined(cells, [row[0][0].y for row in cut])
    return table if _is_table(table, cells, strips, is_ruled=is_ruled) else None


def _strips(rows: Sequence[Sequence[Sequence[Word]]], size: float) -> list[Strip]:
    """Columns: what is left and right of strips that hardly any row crosses."""
    allowed = len(rows) // 8
    ends = sorted(
        [(piece[0].left, 1) for row in rows for piece in row] + [(piece[-1].right, -1) for row in rows for piece in row]
    )
    strips: list[Strip] = []
    depth, start, end = 0, None, 0.0
    for x, step in ends:
        if depth <= allowed < depth + step:
            if start is not None and x - end < _MIN_RIVER * size:
                pass
            else:
                if start is not None:
                    strips.append((start, end))
                start = x
        if depth + step <= allowed < depth:
            end = x
        depth += step
    if start is not None:
        strips.append((start, end))
    return strips


def _placed(row: Sequence[Sequence[Word]], strips: Sequence[Strip]) -> list[list[Word]]:
    """The words of a row by column; a piece that crosses into further columns stays in its first one."""
    cells: list[list[Word]] = [[] for _ in strips]
    for piece in row:
        shares = [min(piece[-1].right, right) - max(piece[0].left, left) for left, right in strips]
        touched = [n for n, share in enumerate(shares) if share > 0]
        column = touched[0] if touched else max(range(len(strips)), key=shares.__getitem__)
        cells[column] += piece
    return cells


def _joined(cells: Sequence[Sequence[list[Word]]], heights: Sequence[float]) -> list[list[str]]:
    """Rows of text; a line that only goes on from the cells above it is joined to them."""
    gaps = [above - below for above, below in zip(heights, heights[1:], strict=False)]
    tight = 1.15 * min(gaps)
    is_uneven = max(gaps) > 1.25 * min(gaps)
    table = [[cell_text(cell) for cell in cells[0]]]
    for row, gap in zip(cells[1:], gaps, strict=True):
        texts = [cell_text(cell) for cell in row]
        if len(table) > 1 and _goes_on(table[-1], texts, is_tight=is_uneven and gap < tight):
            table[-1] = [f"{above} {text}".strip() for above, text in zip(table[-1], texts, strict=True)]
        else:
            table.append(texts)
    return table


def _goes_on(above: Sequence[str], texts: Sequence[str], *, is_tight: bool) -> bool:
    filled = [n for n, text in enumerate(texts) if text]
    if texts[0] or any(not above[n] or is_number(texts[n]) for n in filled):
        return False
    return is_tight or all(texts[n][0].islower() for n in filled)


def _is_table(
    table: Sequence[Sequence[str]], cells: Sequence[Sequence[list[Word]]], strips: Sequence[Strip], *, is_ruled: bool
) -> bool:
    """Rather too strict: a table that is missed still reads line by line, a false one tears sentences apart."""
    full = [row for row in table if sum(map(bool, row)) > 1]
    texts = [text for row in table for text in row if text]
    if len(full) < (2 if is_ruled else 3) or 2 * len(full) < len(table) or _is_prose(cells, strips):
        return False
    n_letters = sum(map(len, texts)) / len(texts)
    if len(strips) == 2 and not is_ruled:
        values = [row[1] for row in full]
        return len(full) > 3 and number_share(values[1:]) > 0.7 and n_letters < 30
    return n_letters < (60 if is_ruled else 30) and len(texts) > 0.4 * len(table) * len(strips)


def _is_prose(cells: Sequence[Sequence[list[Word]]], strips: Sequence[Strip]) -> bool:
    """Columns of running text, as in a newspaper: most lines fill their column and have many words."""
    lines = [(cell, strip) for row in cells for cell, strip in zip(row, strips, strict=True) if cell]
    n_words = sum(len(cell) for cell, _ in lines) / len(lines)
    n_full = sum(cell[-1].right - cell[0].left > 0.85 * (right - left) for cell, (left, right) in lines)
    return n_words > 3 and n_full > 0.5 * len(lines)
