"""Tables without drawn cells: words whose gaps lie below each other over several lines are columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.loaders.pdf_letters import Word
from ingest.loaders.pdf_rows import (
    cell_text,
    code_share,
    is_bulleted,
    is_number,
    item_share,
    number_share,
    pieces,
    text_rows,
)

Strip = tuple[float, float]
"""Left and right of a column in points."""
Pieces = list[list[Word]]
"""A line of text, cut at its gaps."""
_LEADER = re.compile(r"[._·…]{4,}")
_MAX_ROWS = 400


def column_rows(
    words: Sequence[Word], *, is_ruled: bool = False, head_end: float | None = None
) -> tuple[list[list[str]], list[Word]] | None:
    """Cells by row with the words in them, or None where the words are no table. Lines above or below that have no gap
    are left out.

    Between drawn lines (`is_ruled`) smaller gaps and two columns will do; `head_end` is where the line below the
    table's head is drawn.
    """
    rows = text_rows(words)
    if not 2 <= len(rows) <= _MAX_ROWS or any(_LEADER.search(word.text) for word in words):
        return None
    cut = _trimmed([pieces(row, 0.6 if is_ruled else 1.0) for row in rows])
    if len(cut) < 2:
        return None
    strips = _strips(cut, (0.4 if is_ruled else 0.8) * median(word.size for word in words))
    if len(strips) < 2:
        return None
    placed = [_placed(row, strips) for row in cut]
    n_head = 1 if head_end is None else sum(row[0][0].y > head_end for row in cut)
    if n_head > 3 or number_share([cell_text(cell) for row in placed[:n_head] for cell in row if cell]) > 0.4:
        n_head = 1
    table = _joined(placed, strips, [row[0][0].y for row in cut], max(1, n_head))
    used = [word for row in cut for piece in row for word in piece]
    return (table, used) if _is_table(table, placed, strips, is_ruled=is_ruled) else None


def _trimmed(rows: Sequence[Pieces]) -> Sequence[Pieces]:
    full = [n for n, row in enumerate(rows) if len(row) > 1]
    return rows[full[0] : full[-1] + 1] if full else []


def _strips(rows: Sequence[Pieces], min_river: float) -> list[Strip]:
    """Columns: what is left and right of strips that hardly any row crosses. Rows with few pieces have no say."""
    usual = median(len(row) for row in rows)
    voters = [row for row in rows if len(row) >= usual]
    allowed = len(voters) // 8
    steps = [(piece[0].left, 1) for row in voters for piece in row]
    steps += [(piece[-1].right, -1) for row in voters for piece in row]
    strips: list[Strip] = []
    depth, start = 0, 0.0
    for x, step in sorted(steps):
        if depth <= allowed < depth + step:
            start = x
        if depth + step <= allowed < depth:
            if strips and start - strips[-1][1] < min_river:
                strips[-1] = (strips[-1][0], x)
            else:
                strips.append((start, x))
        depth += step
    return strips


def _placed(row: Pieces, strips: Sequence[Strip]) -> Pieces:
    """The words of a row by column; a piece that reaches into further columns stays in its first one."""
    if len(row) == len(strips):
        return list(row)
    cells: Pieces = [[] for _ in strips]
    for piece in row:
        shares = [min(piece[-1].right, right) - max(piece[0].left, left) for left, right in strips]
        touched = [n for n, share in enumerate(shares) if share > 0]
        cells[touched[0] if touched else max(range(len(strips)), key=shares.__getitem__)] += piece
    return cells


def _joined(
    placed: Sequence[Pieces], strips: Sequence[Strip], heights: Sequence[float], n_head: int
) -> list[list[str]]:
    """Rows of text; the lines of the head are one, and a line that only goes on is joined to the cells above it."""
    rows = [[cell_text(cell) for cell in cells] for cells in placed]
    gaps = [above - below for above, below in pairwise(heights)]
    is_uneven = max(gaps) > 1.25 * min(gaps)
    table = [[" ".join(filter(None, texts)) for texts in zip(*rows[:n_head], strict=True)]]
    for n in range(n_head, len(rows)):
        texts, above = rows[n], table[-1]
        is_tight = is_uneven and gaps[n - 1] < 1.15 * min(gaps)
        is_full = [_fills(cell, strip) for cell, strip in zip(placed[n - 1], strips, strict=True)]
        if len(table) > 1 and (_goes_on(above, texts, is_full, is_tight=is_tight) or _is_label(above, texts, is_tight)):
            table[-1] = [f"{one} {other}".strip() for one, other in zip(above, texts, strict=True)]
        else:
            table.append(texts)
    return table


def _fills(cell: Sequence[Word], strip: Strip) -> bool:
    return bool(cell) and cell[-1].right - cell[0].left > 0.65 * (strip[1] - strip[0])


def _goes_on(above: Sequence[str], texts: Sequence[str], is_full: Sequence[bool], *, is_tight: bool) -> bool:
    """Whether cells of the row above had no room for these words."""
    filled = [n for n, text in enumerate(texts) if text]
    if texts[0] or any(not above[n] or is_number(texts[n]) for n in filled):
        return False
    return is_tight and all(is_full[n] for n in filled) or all(texts[n][0].islower() for n in filled)


def _is_label(above: Sequence[str], texts: Sequence[str], is_tight: bool) -> bool:
    """Whether it is the name of a group of rows, printed beside the middle of them."""
    return is_tight and not above[0] and bool(texts[0]) and not any(texts[1:])


def _is_table(
    table: Sequence[Sequence[str]], placed: Sequence[Pieces], strips: Sequence[Strip], *, is_ruled: bool
) -> bool:
    """Rather too strict: a table that is missed still reads line by line, a false one tears sentences apart."""
    full = [row for row in table if sum(map(bool, row)) > 1]
    is_wide = len(strips) > 3 and all(len(row) == len(strips) and all(row) for row in placed)
    if len(full) < (2 if is_ruled or is_wide else 3) or 2 * len(full) < len(table) or is_bulleted(table):
        return False
    texts = [text for row in table for text in row if text]
    if _is_prose(placed, strips) or _is_collapsed(placed) or item_share(texts) > 0.5 or code_share(texts) > 0.2:
        return False
    n_letters = sum(map(len, texts)) / len(texts)
    if len(strips) == 2 and not is_ruled:
        return len(full) > 3 and number_share([row[1] for row in full][1:]) > 0.7 and n_letters < 30
    return n_letters < (60 if is_ruled else 30) and len(texts) > 0.4 * len(table) * len(strips)


def _is_prose(placed: Sequence[Pieces], strips: Sequence[Strip]) -> bool:
    """Columns of running text, as in a newspaper: lines of many words that fill their column."""
    lines = [(cell, strip) for row in placed for cell, strip in zip(row, strips, strict=True) if cell]
    n_words = sum(len(cell) for cell, _ in lines) / len(lines)
    n_full = sum(cell[-1].right - cell[0].left > 0.85 * (right - left) for cell, (left, right) in lines)
    n_lower = sum(cell[0].text[0].islower() for cell, _ in lines)
    return n_words > 4 or (n_words > 3 and n_full > 0.5 * len(lines)) or (n_words > 2 and n_lower > 0.4 * len(lines))


def _is_collapsed(placed: Sequence[Pieces]) -> bool:
    """Whether many cells still have wide gaps: two tables with columns of their own, taken for one."""
    cells = [cell for row in placed for cell in row if cell]
    return sum(len(pieces(cell, 1.2)) > 1 for cell in cells) > max(1, len(cells) // 10)
