"""A line of a PDF page, the unit that paragraphs, lists and headings are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.types import Box

_NUMBER = re.compile(r"[-+($€£]*\d[\d.,:%/)-]*|-")
_NUMBER_ENDS = frozenset("0123456789%),.-")
_WIDE = 0.72
"""Mean width of a letter, in parts of its size, above which a line must have gaps; prose has about .45."""


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
    box: Box | None = None
    """Of a table, which stands among the lines as one: where it is on the page. `first` is its top, `last` its end."""

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
