"""The value of a field, and where it and others of its kind stand in a text, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Literal

from rag.filling.units import Unit, unit_at, with_unit
from rag.verification.names import names
from rag.verification.nouns import Fact
from rag.verification.quantities import NUMERIC, quantities
from rag.whole.terms import is_telling, stem

Kind = Literal["number", "date", "name", "word"]

_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T00:00:00\S*)?")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W_]+")
_ARTICLE = re.compile(r"\b(?:the|an?|der|die|das|den|dem|des|eine?[mnrs]?)\s+\Z", re.IGNORECASE)
_WITHIN_NAME = re.compile(r"[ \t.&-]{1,3}")
_WITHIN_DATE = re.compile(r"(?:st|nd|rd|th)?(?:\W{1,3}|\W?(?:of|de)\W)", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:(?P<one>one|first)|second)(?= (?P<next>[^\W_]+))", re.IGNORECASE)
"""Words that count nothing as often as they count something: they do before the word of the field, "second floor"."""
_PERCENT = re.compile(r"\s?(?:%|per ?cent\b|Prozent\b)", re.IGNORECASE)
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """The characters `start:end` of a text, which hold a value; whether it is the one that is looked for."""

    start: int
    end: int
    is_it: bool


@dataclass(frozen=True, slots=True)
class Value:
    """What a field holds, as a text would have it. `members`: all that it may be, where these are a few words."""

    text: str
    members: tuple[str, ...] = ()
    unit: Unit | None = None
    """In which its field wants it."""

    @property
    def kind(self) -> Kind:
        """What competes with it in a text."""
        if _NUMBER.fullmatch(self.text):
            return "number"
        if _ISO_DATE.fullmatch(self.text):
            return "date"
        telling = [word for word in _WORD.findall(self.text) if is_telling(word.casefold())]
        is_name = bool(telling) and all(word[0].isupper() for word in telling) and not self.members
        return "name" if is_name else "word"

    def places(self, text: str, counted: frozenset[str], *, is_month_first: bool = False) -> list[Place]:
        """Where a text has it and others of its kind, in order. Words in lower case have no others but the members of
        an enumeration. `counted`: the stems of what it may be a number of."""
        if self.kind == "date":
            found = _dates(quantities(text, is_month_first=is_month_first), text)
            return [Place(start, end, parts == self._parts) for start, end, parts in found]
        if self.kind == "number":
            numbers = [Place(one.start, one.end, self._agrees(one, text)) for one in _numbers(text)]
            return _in_order([*numbers, *self._vague(text, counted)])
        own = [Place(*found.span(), True) for found in _pattern(self.text).finditer(text)]
        others = [found.span() for one in self.members for found in _pattern(one).finditer(text)]
        others += _names(text, counted) if self.kind == "name" else []
        free = [span for span in others if not any(one.start < span[1] and span[0] < one.end for one in own)]
        return _in_order([*own, *(Place(*span, False) for span in free)])

    def measures(self, text: str) -> list[Fact]:
        """The numbers of a text that are given in a unit of the kind that is wanted."""
        found = ((one, unit_at(text, one.start, one.end)) for one in _numbers(text))
        return [one for one, unit in found if unit and self.unit and self.unit.is_of_kind(unit)]

    def otherwise(self, text: str) -> str:
        """The first number of a text that has a unit, as it stands there; empty where none has."""
        told = (one for one in _numbers(text) if unit_at(text, one.start, one.end))
        return next((with_unit(text, one.start, one.end) for one in told), "")

    def _vague(self, text: str, counted: frozenset[str]) -> Iterator[Place]:
        for one in _VAGUE.finditer(text):
            if stem(one["next"].casefold()) in counted:
                yield Place(*one.span(), self.text == ("1" if one["one"] else "2"))

    @property
    def _parts(self) -> frozenset[str]:
        return frozenset(fact.key for fact in quantities(self.text[:10]))

    def _agrees(self, other: Fact, text: str) -> bool:
        its = unit_at(text, other.start, other.end) if self.unit else None
        if self.unit and its:
            return self.unit.agrees(self.text.removeprefix("+"), other.key, its)
        is_same = any(one.agrees(other) for one in quantities(self.text.removeprefix("+")))
        return is_same or (0 < float(self.text) < 1 and self._is_share(other, text))

    def _is_share(self, other: Fact, text: str) -> bool:
        """Whether it is the other one's percentage as a share of one: 0.19 beside "19 %"."""
        return _PERCENT.match(text, other.end) is not None and isclose(100 * float(self.text), float(other.key))


def written(value: object) -> str:
    """As a text would have it: 900 and not 900.0, and the words of "bank_transfer"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).replace("_", " ").split())


def _in_order(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda one: one.start)


def _pattern(text: str) -> re.Pattern[str]:
    words = "[\\W_]{1,3}".join(map(re.escape, _WORD.findall(text)))
    return re.compile(rf"(?<!\w){words}(?!\w)" if words else "(?!)", re.IGNORECASE)


def _numbers(text: str) -> list[Fact]:
    """Those that are no part of a date."""
    facts = quantities(text)
    dated = [(start, end) for start, end, _ in _dates(facts, text)]
    numbers = [one for one in facts if NUMERIC.fullmatch(one.key)]
    free = [one for one in numbers if not any(start <= one.start < end for start, end in dated)]
    return sorted(free, key=lambda one: one.start)


def _dates(facts: Sequence[Fact], text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Start, end and parts of each date that has more than a month."""
    parts = [one for one in facts if _part(one) in {"day", "month", "year"}]
    for run in _runs(sorted(parts, key=lambda one: one.start), text):
        if len(run) > 1 and "month" in map(_part, run):
            yield run[0].start, run[-1].end, frozenset(one.key for one in run)


def _runs(facts: Sequence[Fact], text: str) -> Iterator[list[Fact]]:
    """Numbers and months side by side, of which no kind of part stands twice."""
    run: list[Fact] = []
    for fact in facts:
        is_near = bool(run) and _WITHIN_DATE.fullmatch(text, run[-1].end, fact.start) is not None
        if run and (not is_near or len(run) == _PARTS or _part(fact) in map(_part, run)):
            yield run
            run = []
        run.append(fact)
    if run:
        yield run


def _part(fact: Fact) -> str:
    if fact.key.isdecimal():
        return "day" if len(fact.key) <= 2 else "year"  # noqa: PLR2004 - as long as a day is
    return fact.key.partition(" ")[0]


def _names(text: str, terms: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Names, the words of each together. In every language two words with a capital make one; a single one does not
    behind an article or before a colon, "the Tenant", and none does that is a word of the field."""
    told = {fact.start for fact in names(text)}
    for run in _capital_runs(text, terms):
        start, end = run[0].start(), run[-1].end()
        is_term = _ARTICLE.search(text, 0, start) is not None or text[end : end + 1] == ":"
        if len(run) > 1 or (run[0].start() in told and not is_term):
            yield start, end


def _capital_runs(text: str, terms: frozenset[str]) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        folded = word[0].casefold()
        is_capital = word[0][0].isupper() and is_telling(folded) and stem(folded) not in terms
        if run and not (is_capital and _WITHIN_NAME.fullmatch(text, run[-1].end(), word.start())):
            yield run
            run = []
        run += [word] if is_capital else []
    if run:
        yield run
