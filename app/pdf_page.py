"""Text on the pages of a PDF, line by line. It is drawn letter by letter and read as nothing else: no markup, no links.

reportlab's own Paragraph is not used, since it takes its text for markup, which can load pictures and link anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from app.pdf_fonts import BOLD, TEXT, Fonts
from app.pdf_letters import in_order, is_right_to_left, joined
from rag.markers import NO_ROOT

_WIDTH, _HEIGHT = A4
_MARGIN, _BOTTOM = 56.0, 64.0
_WORD = re.compile(r" *[^ ]+| +")
_CJK = re.compile("([\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef])")
_MARKER = re.compile(rf"{NO_ROOT}\[(\d{{1,5}})\]")


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph looks; sizes in points."""

    size: float
    font: str = TEXT
    grey: float = 0.1
    indent: float = 0.0
    before: float = 6.0


TITLE = Style(17, BOLD, before=0)
QUESTION = Style(12.5, BOLD, before=20)
ANSWER = Style(10.5)
NOTE = Style(8.5, grey=0.35, indent=14, before=4)
ASIDE = Style(8.5, grey=0.45, before=4)


class Pages:
    """A PDF as it grows downwards."""

    def __init__(self, title: str) -> None:
        self._out = BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("Footnote")
        self.fonts = Fonts()
        self._y = _HEIGHT - _MARGIN
        self._n = 1

    def heading(self, text: str, key: str) -> None:
        """A question, and its line in the outline."""
        self._room(4 * QUESTION.size + QUESTION.before)
        self.anchor(key, above=QUESTION.before)
        self._canvas.addOutlineEntry(text[:120], key, level=0)
        self.paragraph(text, QUESTION)

    def anchor(self, key: str, *, above: float = 0.0) -> None:
        """A place here that a marker may lead to."""
        self._canvas.bookmarkHorizontal(key, 0, self._y - above + 12)

    def paragraph(self, text: str, style: Style, links: frozenset[int] = frozenset()) -> None:
        """Its lines, on further pages where they do not fit. `[3]` leads to its anchor where `links` has 3."""
        self._y -= style.before
        for line in text.split("\n"):
            right = is_right_to_left(line)
            for part in self._broken(joined(" ".join(line.split("\t"))), style):
                self._line(in_order(part, right_to_left=right), style, links, at_right=right)

    def finished(self) -> bytes:
        """The file."""
        self._foot()
        self._canvas.save()
        return self._out.getvalue()

    def _broken(self, line: str, style: Style) -> Iterator[str]:
        room, said, used = _WIDTH - 2 * _MARGIN - style.indent, "", 0.0
        for word in _words(line):
            wide = self._wide(word, style)
            if said and used + wide > room:
                yield said
                said = word.lstrip()
                used = self._wide(said, style)
            else:
                said, used = said + word, used + wide
            while used > room:
                n = self._fitting(said, room, style)
                yield said[:n]
                said = said[n:]
                used = self._wide(said, style)
        yield said

    def _wide(self, text: str, style: Style) -> float:
        return self.fonts.width(text, style.font, style.size)

    def _fitting(self, word: str, room: float, style: Style) -> int:
        """How many letters of a word that is too long fit on a line, at least one."""
        used = 0.0
        for n, letter in enumerate(word):
            used += self._wide(letter, style)
            if used > room:
                return max(1, n)
        return len(word)

    def _line(self, text: str, style: Style, links: frozenset[int], *, at_right: bool) -> None:
        leading = style.size * 1.4
        self._room(leading)
        self._y -= leading
        x = _MARGIN + style.indent
        if at_right:
            x = _WIDTH - _MARGIN - self._wide(text, style)
        self._link(text, x, style, links)
        drawn = self._canvas.beginText(x, self._y)
        drawn.setFillGray(style.grey)
        for font, part in self.fonts.runs(text, style.font):
            drawn.setFont(font, style.size)
            drawn.textOut(part)
        self._canvas.drawText(drawn)

    def _link(self, text: str, x: float, style: Style, links: frozenset[int]) -> None:
        for found in _MARKER.finditer(text) if links else ():
            if int(found[1]) not in links:
                continue
            start = x + self._wide(text[: found.start()], style)
            end = start + self._wide(found[0], style)
            place = (start, self._y - 2, end, self._y + style.size)
            self._canvas.linkRect("", anchor_of(int(found[1])), place, relative=0, Border="[0 0 0]")

    def _room(self, height: float) -> None:
        if self._y - height < _BOTTOM:
            self._foot()
            self._canvas.showPage()
            self._n += 1
            self._y = _HEIGHT - _MARGIN

    def _foot(self) -> None:
        self._canvas.setFont(TEXT, 8)
        self._canvas.setFillGray(0.5)
        self._canvas.drawCentredString(_WIDTH / 2, 34, str(self._n))


def anchor_of(n: int) -> str:
    """The place of the footnote of this number."""
    return f"note-{n}"


def _words(line: str) -> Iterator[str]:
    """What is not broken: words with the blanks before them, and single letters of scripts without blanks."""
    for word in _WORD.findall(line):
        yield from (part for part in _CJK.split(word) if part)
