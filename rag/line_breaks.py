"""This file finds the line breaks that are meant: between fields of a form, lines of a box, a caption and the text.

Where a paragraph is wrapped, a line ends since the next word had no room in it. A break well before that was put there
by somebody, and what follows is no part of the same sentence, unless it goes on in lower case or after a word that is
followed by another, as "of" is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from rag.lines import trim
from rag.whole.terms import is_telling, words

_FULL = 0.6
"""Of the longest line of its paragraph, from which on a line may have ended for want of room."""
_SHORTENED = r"(?:[^\W\d_]{1,4}\. ?)?"
"""What a label may begin with: "Tel. private", "No. of children"."""
_LABELLED = re.compile(rf"(?=[^\W\d_a-z]){_SHORTENED}[^\W\d_][^\n:;.!?]{{0,40}}:(?: +\S|[ \t]*$)", re.MULTILINE)
"""The field of a form, "Billing Contact: Ada", or its label alone."""
_FIELD = re.compile(rf"{_SHORTENED}[^\W\d_][\w'’/&()-]*(?: [\w'’/&()-]+){{0,3}}:(?: +\S|[ \t]*$)", re.MULTILINE)
"""The same in small letters, too; below another one a line is one whatever that ended with: "Pets: no"."""
_ADDRESS = re.compile(r"(?:[\w-]+ ){0,2}(?:\w*address|\w*anschrift|\w*adresse)\b[^:\n]{0,20}:", re.IGNORECASE)
"""The label of a value that goes on in the next lines."""
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}\b|^(?:[A-Z]{1,2}-)?\d{5} [^\W\d_a-z]|\b[A-Z]{2} \d{5}\b")
_MOST_LINES, _MOST_WORDS = 6, 6
"""Of an address, and of each of its lines."""
_FAR = 400
"""Characters around a break that are looked at."""
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
    if line.endswith(_OPEN) or _is_in_address(text, at):
        return False
    if line.endswith(":"):  # a label, and what it names below
        return bool(_FIELD.match(text, begin))
    if _FIELD.match(line.lstrip()) and _FIELD.match(text, begin):
        return True
    if _ends_open(line) or _begins_low(text, begin):
        return False
    return bool(_LABELLED.match(text, begin)) or len(line) < _FULL * width


def _is_in_address(text: str, at: int) -> bool:
    """Whether the lines around this break belong to one address: below its label, or in a block that has a postcode."""
    first, last = max(0, at - _FAR), min(len(text), at + _FAR)
    begin = max((found.end() for found in _APART.finditer(text, first, at)), default=first)
    end = _APART.search(text, at, last)
    before = text[begin:at].strip().split("\n")
    behind = text[at + 1 : end.start() if end else last].strip().split("\n")
    own = [*takewhile(_is_of_address, reversed(before))][::-1]
    after = [*takewhile(_is_of_address, behind)]
    label = before[len(before) - len(own) - 1] if len(own) < len(before) else ""
    if not after or len(own) + len(after) > _MOST_LINES:
        return False
    if _ADDRESS.match(label.lstrip()):
        return True
    is_block = len(own) == len(before) and len(after) == len(behind)
    return is_block and any(_POSTCODE.search(line) for line in (*own, *after))


def _is_of_address(line: str) -> bool:
    """Whether it may be a line of one: a few words without a label and without a stop."""
    line = line.strip()
    return len(line.split()) <= _MOST_WORDS and not _FIELD.match(line) and not line.endswith((".", "!", "?", ":"))


def _ends_open(line: str) -> bool:
    """Whether its last word wants another: "of", but not the letter of a unit, as in "1.9 m"."""
    return any(len(word) > 1 and not is_telling(word) for word in words(line)[-1:])


def _begins_low(text: str, at: int) -> bool:
    found = _GOES_ON.match(text, at)
    return found is not None and not found[0][-1].isupper()
