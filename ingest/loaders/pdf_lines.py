"""Lines of a PDF page with their place, size and font, read through PDFium with a few calls per line."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.loaders.pdf_letters import Letters, level, units
from ingest.loaders.pdf_line import Line
from ingest.loaders.pdf_tables import with_tables
from ingest.loaders.pdf_unseen import Unseen

if TYPE_CHECKING:
    import pypdfium2

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEADERS = re.compile(r"(?:[ \t]*[.·…_]){5,}[ \t]*")
TINY = 1.0
"""Points; nobody can read letters of this height."""


def page_lines(page: pypdfium2.PdfPage) -> tuple[list[Line], int]:
    """The visible lines of a page in PDFium's order, and how many were left out: tiny, outside of the page, or drawn
    so that nobody sees them."""
    text_page = page.get_textpage()
    try:
        letters = Letters(text_page)
        unseen = Unseen(page, letters)
        found = list(_lines(letters, text_page.get_text_range(), page.get_mediabox()))
        visible = [(line, at) for line, at in found if line and not unseen.is_unseen(letters.index(at))]
        lines = with_tables(page, letters, [line for line, _ in visible], [start for _, start in visible])
    finally:
        text_page.close()
    rows = _joined_rows([_without_leaders(line) for line in lines])
    return _usual_turn_first(rows), len(found) - len(visible)


def _without_leaders(line: Line) -> Line:
    text = line.text
    if line.box is None and ("..." in text or ". ." in text or "__" in text):
        return replace(line, text=_LEADERS.sub(" ... ", text))
    return line


def _usual_turn_first(lines: list[Line]) -> list[Line]:
    """Text along the margin, such as a stamp printed upwards, comes after the text of the page."""
    if not any(line.turn for line in lines):
        return lines
    n_letters: Counter[int] = Counter()
    for line in lines:
        n_letters[line.turn] += len(line.text)
    usual = n_letters.most_common(1)[0][0]
    return sorted(lines, key=lambda line: line.turn != usual)


def _lines(letters: Letters, text: str, box: tuple[float, float, float, float]) -> Iterator[tuple[Line | None, int]]:
    """Lines with their measures and their place in the text; None stands for one that nobody can see."""
    # PDFium counts in UTF-16 units, Python in code points; they differ only where the text leaves the first plane.
    is_basic = text.isascii() or max(text) < "\U00010000"
    at = 0
    for raw in text.split("\r\n"):
        stripped = raw.strip()
        if stripped:
            start = at + len(raw) - len(raw.lstrip())
            yield _line(letters, stripped, start, len(stripped) if is_basic else units(stripped), box), start
        at += (len(raw) if is_basic else units(raw)) + 2


def _line(letters: Letters, text: str, start: int, n: int, box: tuple[float, float, float, float]) -> Line | None:
    """Measure the first, middle and last letter: the middle one has the font, the others are often raised numbers."""
    first, middle, last = (letters.index(at) for at in (start, start + _middle(text, n), start + n - 1))
    font = letters.font(middle)
    (x0, y0), (_, y_middle), (x_last, y1) = letters.origin(first), letters.origin(middle), letters.origin(last)
    x1, y_top = letters.ends(last)
    is_outside = max(x0, x1) < box[0] or min(x0, x1) > box[2] or max(y0, y_top) < box[1] or min(y0, y1) > box[3]
    if font.size < TINY or is_outside:
        return None
    turn = round(math.degrees(font.angle))
    if abs(turn) > 2:
        (x0, y0), (_, y_middle), (x1, y1) = (level(font.angle, *at) for at in ((x0, y0), (x0, y0), (x_last, y1)))
    reach = 0.6 * font.size
    y0, y1 = (y_middle if abs(y - y_middle) < reach else y for y in (y0, y1))
    if _RIGHT_TO_LEFT.search(text[:20]):
        x0, x1 = -max(x0, x1), -min(x0, x1)
    return Line(text, x0, x1, y0, y1, font.size, font.is_bold, font.is_mono, turn if abs(turn) > 2 else 0)


def _middle(text: str, n: int) -> int:
    """Place of a letter in the middle; spaces will not do, since PDFium makes up some that have no font."""
    half = n // 2 if n == len(text) else 0
    return next((at for at in range(half, len(text)) if text[at].isalnum()), half)


def _joined_rows(lines: list[Line]) -> list[Line]:
    """Put together what PDFium broke at a raised number, a formula or an accent within one row."""
    rows: list[Line] = []
    for line in lines:
        if rows and _same_row(rows[-1], line):
            rows[-1] = _joined(rows[-1], line)
        else:
            rows.append(line)
    return rows


def _same_row(left: Line, right: Line) -> bool:
    if left.box or right.box:
        return False
    size = max(left.size, right.size)
    gap = right.left - left.right
    return left.turn == right.turn and abs(left.last - right.first) < 0.5 * size and -0.5 * size < gap < 1.5 * size


def _joined(left: Line, right: Line) -> Line:
    main = left if len(left.text) >= len(right.text) else right
    glued = right.text[0] in ",.;:)]’”" or right.left - left.right < 0.12 * main.size
    return replace(
        main,
        text=left.text + ("" if glued else " ") + right.text,
        left=left.left,
        right=max(left.right, right.right),
        first=left.first if left.first != left.last else main.first,
        last=right.last if right.first != right.last else main.last,
    )
