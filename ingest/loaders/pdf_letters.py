"""Letters of a PDF page: asks PDFium for their place and font, with as few calls as will do."""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    import pypdfium2

_BOLD_NAME = re.compile(r"bold|black|heavy|-?medi\b|demi|(?:SF|CM)BX")
_MONO_NAME = re.compile(r"mono|courier|consol|typewriter|nimbusmon|menlo|(?:SF|CM)TT")
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18
_BOLD_WEIGHT = 600
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_WORD = re.compile("([^\\s\ufffe]+)\ufffe?")


@dataclass(frozen=True, slots=True)
class Font:
    """How a letter looks; its size in points as it is printed, its angle in radians."""

    size: float
    angle: float
    is_bold: bool
    is_mono: bool


@dataclass(frozen=True, slots=True)
class Ink:
    """How a letter is drawn: PDF's text render mode, and its red, green and blue from 0 to 255."""

    mode: int
    colour: tuple[int, int, int]

    @property
    def is_filled(self) -> bool:
        """Whether its inside has a colour: an outline alone may have another one."""
        return self.mode in {0, 4}


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place in points: `left` and `right` as it is seen, whatever its direction; `y` is its baseline.

    Turned words are measured as if they were level. A word that was split at a line end is two, the first of which
    ends with U+FFFE.
    """

    text: str
    left: float
    right: float
    y: float
    size: float


class Letters:
    """Asks PDFium about single letters, by their place in the text of the page."""

    def __init__(self, text_page: pypdfium2.PdfTextPage) -> None:
        self._page = text_page.raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._matrix, self._rect = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
        self._name, self._flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._colours = tuple(ctypes.c_uint() for _ in range(4))
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

    def font(self, char: int) -> Font:
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
        return Font(size, math.atan2(matrix.b, matrix.a), *self._known[key])

    def ink(self, char: int) -> Ink:
        """How the letter is drawn; black where PDFium does not tell."""
        red, green, blue, alpha = self._colours
        if not pdfium.FPDFText_GetFillColor(self._page, char, red, green, blue, alpha):
            return Ink(0, (0, 0, 0))
        mode = pdfium.FPDFTextObj_GetTextRenderMode(pdfium.FPDFText_GetTextObject(self._page, char))
        return Ink(mode, (red.value, green.value, blue.value))

    def words(self, text: str, start: int, size: float, turn: int) -> list[Word]:
        """The words of a line that begins at this place of the page's text."""
        n_before = 0 if text.isascii() or max(text) < "\U00010000" else None
        words = []
        n_letters = len(text) if n_before == 0 else units(text)
        # Where PDFium has left nothing out, its numbers run on, and there is no need to ask for each.
        char, n_chars = self.index(start), self.index(start + n_letters - 1) + 1
        shift = char - start if n_chars - char == n_letters else None
        for found in _WORD.finditer(text):
            # PDFium counts in UTF-16 units, Python in code points; they differ only outside of the first plane.
            before = found.start() if n_before == 0 else units(text[: found.start()])
            n = len(found[1]) if n_before == 0 else units(found[1])
            word = self._word(found[0], self._ends(start + before, n, shift), size, turn)
            if n > 1 and word.right - word.left > (n + 1) * size and len(found[0]) == n:
                words += self._cut(found[0], start + before, size, turn)
            else:
                words.append(word)
        return words

    def turned(self, text: str, start: int, size: float, turn: int) -> Word:
        """A line that runs in another direction than the page, as one word at the place where it begins."""
        x, y = level(math.radians(turn), *self.origin(self.index(start)))
        return Word(text, x, x, y, size)

    def _cut(self, text: str, start: int, size: float, turn: int) -> list[Word]:
        """The parts of what PDFium takes for one word, in spite of the gaps: crosses in the cells of a table."""
        words: list[Word] = []
        for n, letter in enumerate(text):
            word = self._word(letter, self._ends(start + n, 1), size, turn)
            if words and word.left - words[-1].right < 0.8 * size:
                words[-1] = replace(words[-1], text=words[-1].text + letter, right=word.right)
            else:
                words.append(word)
        return words

    def _ends(self, start: int, n: int, shift: int | None = None) -> tuple[int, int]:
        if shift is None:
            return self.index(start), self.index(start + n - 1)
        return start + shift, start + n - 1 + shift

    def _word(self, text: str, ends: tuple[int, int], size: float, turn: int) -> Word:
        first, last = ends
        x, y = self.origin(first)
        if turn:
            angle = math.radians(turn)
            left, baseline = level(angle, x, y)
            return Word(text, left, level(angle, *self.origin(last))[0] + 0.5 * size, baseline, size)
        right, _ = self.ends(last)
        if _RIGHT_TO_LEFT.search(text):
            x, right = min(x, self.origin(last)[0]), max(right, self.ends(first)[0])
        return Word(text, x, right, y, size)


def units(text: str) -> int:
    """Length in the UTF-16 units that PDFium counts in."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def level(angle: float, x: float, y: float) -> tuple[float, float]:
    """The point after the page was turned so that text of this angle is level."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return x * cosine + y * sine, y * cosine - x * sine


def _looks(name: str, flags: int, weight: int) -> tuple[bool, bool]:
    """(is bold, is monospaced)."""
    lower = name.lower()
    is_bold = weight >= _BOLD_WEIGHT or bool(flags & _FORCE_BOLD) or bool(_BOLD_NAME.search(lower) or "BX" in name[:4])
    return is_bold, bool(flags & _FIXED_PITCH) or bool(_MONO_NAME.search(lower))
