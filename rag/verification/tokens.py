"""The words of a sentence with where they stand, as exchanges are looked for in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.verification.names import folded, is_label
from rag.verification.units import NUMBER
from rag.whole.terms import is_telling, stem

_TOKEN = re.compile(rf"{NUMBER}|[^\W_]+(?:[-'’&./,_:][^\W_]+)*|[,;:()\[\]“”\"|.!?–—]")
_LONGEST = 200
"""Tokens of a text that are looked at."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a sign that parts words."""

    word: str
    """Folded."""
    stem: str
    start: int
    end: int
    is_telling: bool
    """Whether it says something by itself; numbers do."""
    is_capital: bool
    """Whether it is written with a capital."""

    @property
    def is_sign(self) -> bool:
        """Whether it is no word."""
        return not self.word[0].isalnum()


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[Token, ...]:
    """Of a text, in order."""
    found = [one for _, one in zip(range(_LONGEST), _TOKEN.finditer(text), strict=False)]
    return tuple(_token(text, one) for one in found)


def _token(text: str, found: re.Match[str]) -> Token:
    word = folded(found[0]) or found[0]
    tells = word[0].isdecimal() or (word[0].isalpha() and is_telling(word)) or is_label(text, found.start())
    return Token(word, stem(word), found.start(), found.end(), tells, found[0][0].isupper())
