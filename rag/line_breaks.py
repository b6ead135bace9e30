"""This file finds the line breaks that are meant: between fields of a form, lines of a box, a caption and the text.

Where a paragraph is wrapped, a line ends since the next word had no room in it. A break well before that was put there
by somebody, and what follows is no part of the same sentence, unless it goes on in lower case or after a word that is
followed by another, as "of" is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.lines import trim
from rag.whole.terms import is_telling, words

_FULL = 0.6
"""Of the longest line of its paragraph, from which on a line may have ended for want of room."""
_LABELLED = re.compile(r"[^\W\d_a-z][^\n:;.!?]{0,40}: +\S")
"""The field of a form: "Billing Contact: Ada"."""
_FIELD = re.compile(r"[^\W\d_][\w'’/&()-]*(?: [\w'’/&()-]+){0,3}: +\S")
"""The same in small letters, too; below another one a line is one whatever that ended with: "Pets: no"."""
_GOES_ON = re.compile(r"[\"'“‘«(\[]*(?:[^\W\d_]|[,;:.)\]])")
_OPEN = (",", ";", "-", "–", "—", "(", "[", "/", "&")
_BREAK = re.compile("\n")
_APART = re.compile(r"\n[ \t]*\n")
_WHOLE = ("|", "```", "~~~")
"""Tables and code: their lines belong together."""


def lines_apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence `text[start:end]`, cut at the line breaks in it that are meant; without blanks around each part."""
    breaks = [found.start() for found in _BREAK.finditer(text, start, end)]
    if breaks and not text.startswith(_WHOLE, start):
        width = _width(text, start, end)
        for at in breaks:
            if _is_meant(text, at, width):
                yield trim(text, start, at)
                start = trim(text, at, end)[0]
    yield start, end


def _width(text: str, start: int, end: int) -> int:
    """Characters of the longest line of the paragraph around."""
    before = max((found.end() for found in _APART.finditer(text, 0, start)), default=0)
    after = _APART.search(text, end)
    return max(map(len, text[before : after.start() if after else len(text)].split("\n")))


def _is_meant(text: str, at: int, width: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    begin = trim(text, at, len(text))[0]
    if line.endswith(_OPEN):
        return False
    if _FIELD.match(line.lstrip()) and _FIELD.match(text, begin):
        return True
    if _ends_open(line) or _begins_low(text, begin):
        return False
    return bool(_LABELLED.match(text, begin)) or len(line) < _FULL * width


def _ends_open(line: str) -> bool:
    """Whether its last word wants another: "of", but not the letter of a unit, as in "1.9 m"."""
    return any(len(word) > 1 and not is_telling(word) for word in words(line)[-1:])


def _begins_low(text: str, at: int) -> bool:
    found = _GOES_ON.match(text, at)
    return found is not None and not found[0][-1].isupper()
