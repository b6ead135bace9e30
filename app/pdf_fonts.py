"""The fonts of a PDF: one that is on this machine, and for Chinese, Japanese and Korean those of whoever reads it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

TEXT, BOLD = "footnote", "footnote-bold"
_FILES = (("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"), ("Vera.ttf", "VeraBd.ttf"))
"""Vera comes with reportlab and has the letters of western Europe alone."""
_FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu-sans-fonts", "/usr/share/fonts/TTF")
_ASIAN = (
    ("HeiseiKakuGo-W5", "shift_jis"),
    ("STSong-Light", "gbk"),
    ("MSung-Light", "big5"),
    ("HYGothic-Medium", "euc_kr"),
)
_FROM = 0x2E80
"""The first letter that those are used for."""
MISSING = "?"
_making = threading.Lock()


class Fonts:
    """What letters are drawn with. `missing` collects those that no font has."""

    def __init__(self) -> None:
        self._of = _registered()
        self.missing: set[str] = set()
        self.has_asian = False

    def runs(self, text: str, font: str) -> Iterator[tuple[str, str]]:
        """(font, letters) of a text without line ends, in order."""
        if text.isascii():
            yield font, text
            return
        for name, part in groupby(text, lambda letter: self._font(letter, font)):
            letters = "".join(part)
            yield (name, letters) if name else (font, MISSING * len(letters))

    def width(self, text: str, font: str, size: float) -> float:
        """In points."""
        return sum(float(pdfmetrics.stringWidth(part, name, size)) for name, part in self.runs(text, font))

    def _font(self, letter: str, font: str) -> str:
        """Empty where none has it."""
        if ord(letter) in self._of[font]:
            return font
        for name, encoding in _ASIAN if ord(letter) >= _FROM else ():
            if _has(letter, encoding):
                self.has_asian = True
                return name
        self.missing.add(letter)
        return ""


def _has(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _made() -> dict[str, frozenset[int]]:
    """Font -> the numbers of its letters; made known to reportlab, which keeps them for the process."""
    for name, _ in _ASIAN:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    for regular, bold in _found():
        try:
            fonts = [TTFont(TEXT, str(regular)), TTFont(BOLD, str(bold))]
        except TTFError:  # a damaged file
            continue
        for font in fonts:
            pdfmetrics.registerFont(font)
        return {font.fontName: frozenset(font.face.charToGlyph) for font in fonts}
    raise RuntimeError("reportlab comes with fonts of its own")


def _registered() -> dict[str, frozenset[int]]:
    with _making:
        return _made()


def _found() -> Iterator[tuple[Path, Path]]:
    folders = [Path(one) for one in _FOLDERS]
    for package, inside in (("matplotlib", "mpl-data/fonts/ttf"), ("reportlab", "fonts")):
        spec = find_spec(package)
        folders += [Path(one) / inside for one in (spec.submodule_search_locations or ())] if spec else []
    for regular, bold in _FILES:
        for folder in folders:
            if (folder / regular).is_file() and (folder / bold).is_file():
                yield folder / regular, folder / bold
