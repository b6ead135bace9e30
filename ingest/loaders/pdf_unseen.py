"""Lines of a PDF page that are drawn so that nobody sees them: without ink, or white where nothing dark lies below."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    import pypdfium2

    from ingest.loaders.pdf_letters import Letters

_NO_INK = (3, 7)
"""Text render modes of PDF that draw nothing; those who put OCR's words behind a scanned page use the first."""
_WHITE = 250
_DEEPEST = 4
"""Forms within forms that are looked into."""

_Edges = tuple[float, float, float, float]


class Unseen:
    """Tells of the letters of a page whether they can be seen."""

    def __init__(self, page: pypdfium2.PdfPage, letters: Letters) -> None:
        self._page = page
        self._letters = letters

    def is_unseen(self, char: int) -> bool:
        """Whether the letter with PDFium's own number `char` is drawn without ink and on no picture, or white on white.

        The words behind a scanned page are seen: its picture shows them.
        """
        ink = self._letters.ink(char)
        if ink.mode in _NO_INK:
            return not self._lies_on(char, self._pictures)
        return ink.is_filled and min(ink.colour) >= _WHITE and not self._lies_on(char, self._dark)

    def _lies_on(self, char: int, areas: list[_Edges]) -> bool:
        x, y = self._letters.origin(char)
        right, top = self._letters.ends(char)
        x, y = (x + right) / 2, (y + top) / 2
        return any(left <= x <= far and bottom <= y <= high for left, bottom, far, high in areas)

    @cached_property
    def _pictures(self) -> list[_Edges]:
        return [one.get_bounds() for one in self._objects(pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM)]

    @cached_property
    def _dark(self) -> list[_Edges]:
        """Pictures and areas that are filled with another colour than white."""
        found = self._objects(pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
        return self._pictures + [one.get_bounds() for one in found if not _is_white(one)]

    def _objects(self, *kinds: int) -> Iterator[pypdfium2.PdfObject]:
        yield from self._page.get_objects(filter=kinds, max_depth=_DEEPEST)


def _is_white(drawn: pypdfium2.PdfObject) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if drawn.type != pdfium.FPDF_PAGEOBJ_PATH:
        return False
    pdfium.FPDFPageObj_GetFillColor(drawn.raw, red, green, blue, alpha)
    return min(red.value, green.value, blue.value) >= _WHITE or alpha.value == 0
