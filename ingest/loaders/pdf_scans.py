"""Pages that are pictures: which pages of a PDF OCR has to read, what it found on them, and what to tell people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.loaders import ocr
from ingest.loaders.ocr_layout import page_of
from ingest.loaders.ocr_lines import Picture
from ingest.loaders.pdf_line import Line
from rag.types import counted

if TYPE_CHECKING:
    import pypdfium2

_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff\\x00-\\x08\\x0e-\\x1f\U000f0000-\U0010fffd]|\\(cid:\\d+\\)")
_LONG_WORD = re.compile("[A-Za-z]{4,}")
_VOWEL = re.compile("[aeiouyAEIOUY]")
_FEW_WORDS = 12
"""A page with fewer, most of which is a picture, is a scan with a stamp or a number on it."""
_MOST_SCALE = 300 / 72
"""Small pages are not blown up further than to 300 dots per inch."""
_INK, _MUCH_INK = 2e-5, 2e-3
"""Shares of a page: with less than the first it is blank, with more than the second it should have had words."""


@dataclass(slots=True)
class Scans:
    """Collects what OCR did for a document; page numbers count from 1."""

    words: dict[int, Sequence[ocr.SeenWord]] = field(default_factory=dict)
    wordless: list[int] = field(default_factory=list)
    unread: dict[int, int] = field(default_factory=dict)
    """Page -> lines that OCR has seen there and not read."""

    def lines(self, page: pypdfium2.PdfPage, number: int, layer: list[Line]) -> list[Line]:
        """The lines of the page's text layer, or what OCR reads where that is missing or makes no sense."""
        text = " ".join(line.text for line in layer)
        is_garbage = _is_garbage(text)
        if not is_garbage and len(text.split()) >= _FEW_WORDS or text and not is_garbage and not _is_picture(page):
            return layer
        n_expected = len(text.split()) // (5 if is_garbage else 2)
        lines = self.read(_rendered(page), number, max(page.get_size()), n_expected)
        if layer and not lines:
            self.unread.pop(number, None)
            if number in self.wordless:
                self.wordless.remove(number)
        return lines or layer

    def read(self, picture: Picture, number: int, longest_side: float, n_expected: int = 0) -> list[Line]:
        """What OCR reads from the picture of a page, `longest_side` points long.

        Nothing where it finds no more words than expected.
        """
        amount = ocr.ink(picture)
        if amount < _INK:
            return []
        reading = ocr.read(picture)
        if reading.n_unread:
            self.unread[number] = reading.n_unread
        if reading.n_words <= n_expected:
            if not n_expected and amount > _MUCH_INK:
                self.wordless.append(number)
            return []
        lines, self.words[number] = page_of(reading, longest_side)
        return lines

    @property
    def n_words(self) -> int:
        """Words that OCR has read."""
        return sum(map(len, self.words.values()))

    def warnings(self) -> list[str]:
        """Sentences about what was read from the pages of a file and what was not."""
        warnings = []
        if self.words:
            are = _pages(sorted(self.words), "is a picture without text", "are pictures without text")
            warnings.append(f"{are}: {told_read(self.n_words)}.")
        if self.wordless:
            are = _pages(self.wordless, "is a picture", "are pictures")
            warnings.append(f"{are} in which no words were found.")
        if self.unread:
            pages = sorted(self.unread)
            where = f" on page {pages[0]}" if len(pages) == 1 else f" on pages {listed(pages)}"
            warnings.append(f"{told_unread(sum(self.unread.values()), where)}.")
        return warnings


def told_read(n_words: int) -> str:
    """`OCR read 212 words`."""
    return f"OCR read {counted(n_words, 'word')}"


def told_unread(n_lines: int, where: str = "") -> str:
    """`5 lines on page 3 could not be read`, and why."""
    what, are = counted(n_lines, "line"), "it is" if n_lines == 1 else "they are"
    why = f"{are} unclear, or in letters that OCR does not know ({ocr.KNOWN_LETTERS})"
    return f"{what}{where} could not be read, or only in part: {why}"


def _pages(numbers: Sequence[int], one: str, many: str) -> str:
    return f"Page {numbers[0]} {one}" if len(numbers) == 1 else f"Pages {listed(numbers)} {many}"


def listed(numbers: Sequence[int]) -> str:
    """`2, 5 and 7`; long lists are cut with the number of the rest."""
    shown = [str(number) for number in numbers[:20]]
    if len(numbers) > 20:
        return f"{', '.join(shown)} and {len(numbers) - 20} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _is_garbage(text: str) -> bool:
    """Letters without a meaning: glyphs that no table maps to characters, or that a wrong table maps."""
    n = sum(not letter.isspace() for letter in text)
    if n < 20:
        return False
    if sum(len(found) for found in _UNMAPPED.findall(text)) > 0.2 * n:
        return True
    n_used = sum(letter.isalnum() or letter in "._-…" for letter in text)
    words = _LONG_WORD.findall(text)
    n_mute = sum(not _VOWEL.search(word) for word in words)
    return n_used < 0.4 * n or (len(words) > _FEW_WORDS and 2 * n_mute > len(words))


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether pictures cover most of the page."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    covered = 0.0
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        covered += (right - left) * (top - bottom)
    return bool(covered > 0.5 * width * height)


def _rendered(page: pypdfium2.PdfPage) -> Picture:
    scale = min(ocr.LONGEST_SIDE / max(page.get_size()), _MOST_SCALE)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    try:
        picture: Picture = bitmap.to_numpy()[:, :, :3].copy()
    finally:
        bitmap.close()
    return picture
