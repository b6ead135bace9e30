"""The words of a field, by which a text speaks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.filling.units import Unit, unit_of_field
from rag.whole.terms import is_telling, share, stem, words

_PART = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[^\W_])(?=[A-Z][a-z])")
_OF_VALUES = frozenset(
    """
    amount code color colour count currency date day days description email euro euros eur dollar dollars usd flag
    hour hours id identifier info list mail method mode month months name number numbers percent percentage phone rate
    text time title type value week weeks year years anzahl datum eur farbe nummer tag tage monat monate jahr jahre
    wert nr nos
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
        "weight weighs weigh gewicht wiegt",
        "duration lasts dauer laufzeit dauert",
        "allow allows allowed permit permits permitted erlaubt gestattet",
    )
    for word in group.split()
}
"""Words for one thing whose stems are not one."""
_AS_NAMED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
"""As names of fields write them."""
_NUMBER = re.compile(r"(?<=\w{4})nummer\Z")
"""What German joins to the word that says of what it is: "Rechnungsnummer" is "Rechnungs-Nr."."""
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a text would speak of it: stems of its name and its description; `head` is the word of the name that
    says most."""

    named: frozenset[str]
    head: str
    described: frozenset[str]
    unit: Unit | None = None
    """In which a number of it is wanted."""

    def is_spoken_of(self, stems: frozenset[str]) -> bool:
        """By a text of these stems: by the head of its name, or in half of the words of its description."""
        return self.head in stems or share(self.described, stems) >= _HALF > 0 < len(self.described & stems)

    @property
    def is_a_measure(self) -> bool:
        """Whether its name says no more than what is measured: "area_sqm"."""
        return self.unit is not None and bool(self.named) and all(map(self.unit.is_said_by, self.named))

    @property
    def wanted(self) -> frozenset[str]:
        """All its stems."""
        return self.named | self.described


def field_at(path: str, description: str = "") -> Field:
    """The field at a path of a form: the last name counts most, and those before it tell it from others."""
    path, unit = unit_of_field(path)
    named = _stems(part.casefold() for part in _PART.findall(_CAMEL.sub(" ", path)))
    described = frozenset(stems_of(description) if description else [])
    return Field(frozenset(named), named[-1] if named else "", described, unit)


def stems_of(text: str) -> list[str]:
    """The stems of the words that say something, those of one thing alike; in order."""
    return _stems(words(text))


def words_of(text: str) -> list[str]:
    """All words, folded as those of fields are."""
    return [word.translate(_AS_NAMED) for word in words(text)]


def _stems(found: Iterable[str]) -> list[str]:
    bare = (_NUMBER.sub("", word.translate(_AS_NAMED)) for word in found)
    telling = [word for word in bare if word in _SAME or (is_telling(word) and word not in _OF_VALUES)]
    return [stem(_SAME.get(word, word)) for word in telling]
