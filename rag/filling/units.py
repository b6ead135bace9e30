"""The unit that the name of a field asks for, and what a number of a text comes to in it, where that is exact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_UNITS: dict[str, dict[str, str]] = {
    "area": {"m² m2 sqm qm square-metre square-meter quadratmeter": "1", "ha hectare hektar": "10000"}
    | {"km² km2 sqkm": "1000000", "cm² cm2": "1/10000", "sqft ft² ft2": "0.09290304"},
    "volume": {"l litre liter": "1", "ml millilitre milliliter": "1/1000", "cl": "1/100", "m³ m3 cbm": "1000"},
    "mass": {"kg kilo kilogram kilogramm": "1", "g gram gramm": "1/1000", "mg": "1/1000000", "t tonne ton": "1000"}
    | {"lb pound": "0.45359237", "oz ounce": "0.028349523125"},
    "length": {"m metre meter": "1", "cm": "1/100", "mm": "1/1000", "km kilometre kilometer": "1000"}
    | {"ft foot feet": "0.3048", "inch zoll": "0.0254", "mile": "1609.344"},
    "hours": {"second sec sekunde": "1/3600", "minute min": "1/60", "hour hr h stunde": "1", "day tag": "24"}
    | {"week woche": "168"},
    "months": {"month monat": "1", "quarter quartal": "3", "year yr jahr": "12"},
    "power": {"w watt": "1", "kw kilowatt": "1000", "mw": "1000000"},
    "energy": {"wh": "1", "kwh": "1000", "mwh": "1000000"},
    "speed": {"km/h kmh": "1", "mph": "1.609344"},
    "euro": {"eur euro €": "1", "cent ct": "1/100"},
    "dollar": {"usd dollar $": "1"},
    "pound sterling": {"gbp £": "1"},
    "franc": {"chf franken fr": "1"},
    "share": {"% percent prozent pct": "1"},
}
"""Of each kind the words of a unit, and how much of the first of the kind it is. A month has no number of days."""
_OF: dict[str, list[tuple[str, Fraction]]] = {}
for _kind, _units in _UNITS.items():
    for _words, _size in _units.items():
        for _word in _words.split():
            _OF.setdefault(_word, []).append((_kind, Fraction(_size)))
_OTHERWISE_MEANT = frozenset(
    {"min", "sec", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "foot"}
)
"""At the end of a field's name: "price_min", "birth_year"."""
_NAME_END = re.compile(r"(?:_|(?<=[a-z0-9])(?=[A-Z]))(?P<unit>[^\W_]+)\Z")
_BEHIND = re.compile(
    r"[\s\u00a0]{0,2}-?(?P<unit>[€$£%]|(?:square |sq\.? ?)?[^\W\d_]+(?:/[a-z]|[²³]|[23](?!\d))?)", re.IGNORECASE
)
_BEFORE = re.compile(r"(?P<unit>[€$£]|\b(?:EUR|USD|GBP|CHF))\s?\Z")
_IN_LABEL = re.compile(r"[(\[](?:in )?(?P<unit>[^\s()\[\]]{1,12})[)\]]|\bin (?P<bare>[^\W\d_]{1,12}|[€$£])(?=\s*[:|])")
_SAID_BY = {
    "area": frozenset({"area", "size", "surfac", "flaech"}),
    "mass": frozenset({"weight", "mass"}),
}
"""Stems of words for what alone is measured so."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The kinds that its word may stand for, and how much of the first of each it is."""

    sizes: tuple[tuple[str, Fraction], ...]

    def agrees(self, value: str, said: str, its: Unit) -> bool:
        """Whether the number `value` of this unit is exactly the number `said` of the other one."""
        return any(
            kind == other and Fraction(value) * size == Fraction(said) * its_size
            for kind, size in self.sizes
            for other, its_size in its.sizes
        )

    def is_of_kind(self, other: Unit) -> bool:
        """Whether one may be given for the other."""
        return bool({kind for kind, _ in self.sizes} & {kind for kind, _ in other.sizes})

    def is_said_by(self, word: str) -> bool:
        """Whether a word of a field says nothing but what is measured so."""
        return any(word in _SAID_BY.get(kind, ()) for kind, _ in self.sizes)


def unit_named(word: str) -> Unit | None:
    """By a word of a text or of a field's name, also in the plural: "euros", "Monaten", "square metres"."""
    folded = word.casefold().replace("square ", "sq").replace("sq.", "sq").replace("sq ", "sq")
    folded = {"sqmetre": "sqm", "sqmetres": "sqm", "sqmeter": "sqm", "sqmeters": "sqm"}.get(folded, folded)
    for form in (
        folded,
        *(folded.removesuffix(end) for end in ("s", "es", "e", "n", "en") if len(folded) > len(end) + 2),
    ):
        if form in _OF:
            return Unit(tuple(_OF[form]))
    return None if "/" not in folded else unit_named(folded.partition("/")[0])


def unit_of_field(path: str) -> tuple[str, Unit | None]:
    """The path without the unit at the end of its last name, and that unit: "flat.area", square metres."""
    found = _NAME_END.search(path)
    unit = None if found is None or found["unit"].casefold() in _OTHERWISE_MEANT else unit_named(found["unit"])
    return (path, None) if found is None or unit is None else (path[: found.start()].removesuffix("_in"), unit)


def unit_at(text: str, start: int, end: int) -> Unit | None:
    """Of the number `text[start:end]`: behind it, before it as a currency, or in the label of its line; None where no
    known one is there."""
    behind, before = _BEHIND.match(text, end), _BEFORE.search(text, max(0, start - 6), start)
    near = [text[start] if text[start] in "€$£" else "", *(found["unit"] for found in (behind, before) if found)]
    line = text[text.rfind("\n", 0, start) + 1 : start]
    in_label = [found["unit"] or found["bare"] for found in _IN_LABEL.finditer(line)]
    named = map(unit_named, (*near, *reversed(in_label)))
    return next((one for one in named if one), None)


def with_unit(text: str, start: int, end: int) -> str:
    """The number `text[start:end]` with the unit behind it."""
    behind = _BEHIND.match(text, end)
    return text[start : behind.end() if behind and unit_named(behind["unit"]) else end]
