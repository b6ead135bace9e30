"""Lines of a PDF page with their place, size and font, read through PDFium with a few calls per line."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    import pypdfium2

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEADERS = re.compile(r"(?:[ \t]*[.·…_]){5,}[ \t]*")
_BOLD_NAME = re.compile(r"bold|black|heavy|-?medi\b|demi|(?:SF|CM)BX")
_MONO_NAME = re.compile(r"mono|courier|consol|typewriter|nimbusmon|menlo|(?:SF|CM)TT")
_NUMBER = re.compile(r"[-+($€£]*\d[\d.,:%/)-]*|-")
_NUMBER_ENDS = frozenset("0123456789%),.-")
_WIDE = 0.72
"""Mean width of a letter, in parts of its size, above which a line must have gaps; prose has about .45."""
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18
_BOLD_WEIGHT = 600
TINY = 1.0
"""Points; nobody can read letters of this height."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. Lengths are in points; `left` is where reading starts, so right-to-left lines are mirrored.

    `first` and `last` are the baselines of its first and last letter, growing upwards: they differ where PDFium has
    joined two lines at a split word. `turn` is the angle in degrees; turned lines are measured as if they were level.
    """

    text: str
    left: float
    right: float
    first: float
    last: float
    size: float
    is_bold: bool
    is_mono: bool
    turn: int = 0

    @property
    def is_row(self) -> bool:
        """Whether it looks like a row of a table: wide gaps, which PDFium gives as single spaces, or numbers."""
        words = self.text.split()
        if len(words) < 2:
            return False
        if self.text.isascii() and self.right - self.left > _WIDE * self.size * len(self.text):
            return True
        n_numbers = sum(word[-1] in _NUMBER_ENDS and _NUMBER.fullmatch(word) is not None for word in words)
        return 2 * n_numbers >= len(words) > 2


@dataclass(frozen=True, slots=True)
class _Font:
    size: float
    angle: float
    is_bold: bool
    is_mono: bool


def page_lines(page: pypdfium2.PdfPage) -> tuple[list[Line], int]:
    """The visible lines of a page in PDFium's order, and how many were left out as tiny or outside of the page."""
    text_page = page.get_textpage()
    try:
        found = list(_lines(_Letters(text_page), text_page.get_text_range(), page.get_mediabox()))
    finally:
        text_page.close()
    lines = _joined_rows([line for line in found if line])
    return _usual_turn_first(lines), sum(line is None for line in found)


def _usual_turn_first(lines: list[Line]) -> list[Line]:
    """Text along the margin, such as a stamp printed upwards, comes after the text of the page."""
    if not any(line.turn for line in lines):
        return lines
    n_letters: Counter[int] = Counter()
    for line in lines:
        n_letters[line.turn] += len(line.text)
    usual = n_letters.most_common(1)[0][0]
    return sorted(lines, key=lambda line: line.turn != usual)


class _Letters:
    """Asks PDFium about single letters, by their place in the text of the page."""

    def __init__(self, text_page: pypdfium2.PdfTextPage) -> None:
        self._page = text_page.raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._matrix, self._rect = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
        self._name, self._flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._known: dict[tuple[bytes, int], tuple[bool, bool]] = {}

    def index(self, at: int) -> int:
        """PDFium's own number of the letter at this place of the text."""
        return int(pdfium.FPDFText_GetCharIndexFromTextIndex(self._page, at))

    def origin(self, char: int) -> tuple[float, float]:
        """Where the letter stands on its baseline."""
        pdfium.FPDFText_GetCharOrigin(self._page, char, self._x, self._y)
        return self._x.value, self._y.value

    def ends(self, char: int) -> tuple[float, float]:
        """The right and the top edge of the letter."""
        pdfium.FPDFText_GetLooseCharBox(self._page, char, self._rect)
        return self._rect.right, self._rect.top

    def font(self, char: int) -> _Font:
        """Size in points as it is printed, angle in radians, and what the font's name and flags say."""
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(self._page, char, matrix)
        size = pdfium.FPDFText_GetFontSize(self._page, char) * math.hypot(matrix.c, matrix.d)
        self._name.value, self._flags.value = b"", 0
        pdfium.FPDFText_GetFontInfo(self._page, char, self._name, 128, self._flags)
        key = (self._name.value, self._flags.value)
        if key not in self._known:
            weight = pdfium.FPDFText_GetFontWeight(self._page, char)
            self._known[key] = _looks(key[0].decode("utf-8", "replace"), key[1], weight)
        return _Font(size, math.atan2(matrix.b, matrix.a), *self._known[key])


def _looks(name: str, flags: int, weight: int) -> tuple[bool, bool]:
    """(is bold, is monospaced)."""
    lower = name.lower()
    is_bold = weight >= _BOLD_WEIGHT or bool(flags & _FORCE_BOLD) or bool(_BOLD_NAME.search(lower) or "BX" in name[:4])
    return is_bold, bool(flags & _FIXED_PITCH) or bool(_MONO_NAME.search(lower))


def _lines(letters: _Letters, text: str, box: tuple[float, float, float, float]) -> Iterator[Line | None]:
    """Lines with their measures; None stands for one that nobody can see."""
    # PDFium counts in UTF-16 units, Python in code points; they differ only where the text leaves the first plane.
    is_basic = text.isascii() or max(text) < "\U00010000"
    at = 0
    for raw in text.split("\r\n"):
        stripped = raw.strip()
        if stripped:
            start = at + len(raw) - len(raw.lstrip())
            yield _line(letters, stripped, start, len(stripped) if is_basic else _units(stripped), box)
        at += (len(raw) if is_basic else _units(raw)) + 2


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _line(letters: _Letters, text: str, start: int, n: int, box: tuple[float, float, float, float]) -> Line | None:
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
        (x0, y0), (_, y_middle), (x1, y1) = (_level(font.angle, *at) for at in ((x0, y0), (x0, y0), (x_last, y1)))
    reach = 0.6 * font.size
    y0, y1 = (y_middle if abs(y - y_middle) < reach else y for y in (y0, y1))
    if _RIGHT_TO_LEFT.search(text[:20]):
        x0, x1 = -max(x0, x1), -min(x0, x1)
    if "..." in text or ". ." in text or "__" in text:
        text = _LEADERS.sub(" ... ", text)
    return Line(text, x0, x1, y0, y1, font.size, font.is_bold, font.is_mono, turn if abs(turn) > 2 else 0)


def _middle(text: str, n: int) -> int:
    """Place of a letter in the middle; spaces will not do, since PDFium makes up some that have no font."""
    half = n // 2 if n == len(text) else 0
    return next((at for at in range(half, len(text)) if text[at].isalnum()), half)


def _level(angle: float, x: float, y: float) -> tuple[float, float]:
    cosine, sine = math.cos(angle), math.sin(angle)
    return x * cosine + y * sine, y * cosine - x * sine


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
