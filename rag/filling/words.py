"""The words of a field, by which a text speaks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.whole.terms import is_telling, share, stem, words

_PART = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[^\W_])(?=[A-Z][a-z])")
_OF_VALUES = frozenset(
    """
    amount code color colour count currency date day days description email euro euros eur dollar dollars usd flag
    hour hours id identifier info list mail method mode month months name number numbers percent percentage phone rate
    text time title type value week weeks year years anzahl datum eur farbe nummer tag tage monat monate jahr jahre
    wert
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
"""Words of fields that say how a value looks, and not what it is of."""
_SAME = {
    word: group.split()[0]
    for group in (
        "begin begins began beginning start starts started commence commences from since beginn beginnt ab",
        "end ends ended ending expire expires expired expiry until till ende endet bis",
        "pay pays paid payment payments payable",
        "birth born",
        "allow allows allowed permit permits permitted erlaubt gestattet",
    )
    for word in group.split()
}
"""Words for one thing whose stems are not one."""
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a text would speak of it: stems of its name and its description; `head` is the word of the name that
    says most."""

    named: frozenset[str]
    head: str
    described: frozenset[str]

    def is_spoken_of(self, stems: frozenset[str]) -> bool:
        """By a text of these stems: by the head of its name, or in half of the words of its description."""
        return self.head in stems or share(self.described, stems) >= _HALF > 0 < len(self.described & stems)

    @property
    def wanted(self) -> frozenset[str]:
        """All its stems."""
        return self.named | self.described


def field_at(path: str, description: str = "") -> Field:
    """The field at a path of a form: the last name counts most, and those before it tell it from others."""
    named = _stems(part.casefold() for part in _PART.findall(_CAMEL.sub(" ", path)))
    return Field(frozenset(named), named[-1] if named else "", frozenset(stems_of(description) if description else []))


def stems_of(text: str) -> list[str]:
    """The stems of the words that say something, those of one thing alike; in order."""
    return _stems(words(text))


def _stems(found: Iterable[str]) -> list[str]:
    telling = [word for word in found if word in _SAME or (is_telling(word) and word not in _OF_VALUES)]
    return [stem(_SAME.get(word, word)) for word in telling]
