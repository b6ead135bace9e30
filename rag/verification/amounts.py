"""Numbers with what they count: as values that can be compared and calculated with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rag.verification.nouns import Fact, Finding
from rag.verification.quantities import NUMERIC, quantities
from rag.verification.units import are_apart, measure
from rag.whole.terms import is_telling, stem

_UNIT = re.compile(r"[ \u00a0-]?(%|‰|[€$£¥]|[^\W\d_]+)[ \u00a0]?([^\W\d_]+)?")
_SIGN = re.compile(r"[$€£¥] ?\Z")
_JOINED = re.compile(r" ?(?:by|x|×|to|and|or|und|oder|bis|-|–|/) ?(?:[$€£¥] ?)?")
"""Between two numbers the second of which says what both count."""
_BETWEEN = frozenset({"of", "more", "other", "further"})
"""Words between a number and what it counts."""
_ANY = "?"
"""What a number counts in a cell of a table: its column says so."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a text."""

    text: str
    """As it is written there."""
    value: float
    unit: str
    """Kind of measure, the stem of what is counted, "" where nothing is said of that, or "?" where anything may be."""
    size: float
    """How much of the first unit of its kind one of it is; 1 where it is no measure."""
    fact: Fact
    is_year: bool

    @property
    def measured(self) -> float:
        """In the first unit of its kind."""
        return self.value * self.size

    def counts_as(self, other: Amount) -> bool:
        """Whether both may count the same; years only count as years."""
        is_same = self.unit == other.unit or _ANY in {self.unit, other.unit}
        return is_same and self.is_year == other.is_year


@lru_cache(maxsize=2048)
def amounts(text: str) -> tuple[Amount, ...]:
    """Of a text, in order; months and codes are none."""
    found = [one for fact in quantities(text) if (one := _amount(text, fact)) is not None]
    return tuple(_filled(text, sorted(found, key=lambda one: one.fact.start)))


def of_another_kind(claim: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """A finding for each number of a claim that all sentences that have it give in a unit of another kind: "12%" beside
    "12 euros"."""
    there = [(text, one) for text in sentences for one in amounts(text)]
    for amount in amounts(claim):
        same = [(text, one) for text, one in there if one.fact.agrees(amount.fact)]
        if same and all(are_apart(amount.unit, one.unit) for _, one in same):
            text, other = same[0]
            yield Finding("number", amount.text, _with_unit(text, other))


def _with_unit(text: str, amount: Amount) -> str:
    """A number as it is written with the word or sign behind it."""
    unit = _UNIT.match(text, amount.fact.end)
    return text[amount.fact.start : unit.end(1) if unit else amount.fact.end]


def _filled(text: str, found: list[Amount]) -> Iterator[Amount]:
    """Each with the unit of the next one where that says it for both: "320 x 130 mm"."""
    for one, after in pairwise([*found, *found[-1:]]):
        between = text[one.fact.end : after.fact.start]
        is_open = one is not after and not one.unit and not one.is_year and _JOINED.fullmatch(between)
        yield replace(one, unit=after.unit, size=after.size) if is_open else one


def _amount(text: str, fact: Fact) -> Amount | None:
    if fact.kind != "number" or not NUMERIC.fullmatch(fact.key):
        return None
    said = text[fact.start : fact.end]
    unit, size = _unit(text, fact)
    is_year = not unit and re.fullmatch(r"1\d\d\d|20\d\d", said) is not None
    return Amount(said, float(fact.key), unit, size, fact, is_year)


def _unit(text: str, fact: Fact) -> tuple[str, float]:
    """By a sign before the number, a cell around it, or the words behind it."""
    if _SIGN.search(text[: fact.start]) or text[fact.start] in "$€£¥":
        return "money", 1.0
    if re.match(r"\s*\|", text[fact.end :]) and re.search(r"\|\s*\Z", text[: fact.start]):
        return _ANY, 1.0
    found = _UNIT.match(text, fact.end)
    return _named(found[1].casefold(), (found[2] or "").casefold()) if found else ("", 1.0)


def _named(word: str, following: str) -> tuple[str, float]:
    if word in "€$£¥":
        return "money", 1.0
    if word == "per" and following == "cent":
        return "share", 1.0
    word = following if following and word in _BETWEEN else word
    return measure(word) or ((stem(word), 1.0) if is_telling(word) else ("", 1.0))
