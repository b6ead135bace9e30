"""What a question says by which it may ask for a version: "in 2023", "in January", "the old lease", "spec_v1"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rag.query.words import set_of
from rag.versions.dates import DATES, MONTH, Date, dates, fits, months
from rag.versions.names import LETTERED, NUMBERED, VersionName, numbers

_BEFORE = r"\b(?:according\s+to|in|of|for|from|during|per|under|im|von|aus|für|nach|laut|gemäß)\s+"
_ARTICLE = r"(?:(?:the|der|dem|den)\s+)?"
_YEAR = r"(?:year\s+|jahre?\s+)?"
_WORD = re.compile(r"[^\W_]+")
_OLDER = re.compile(
    r"\b(?:old|older|previous|earlier|former|alten?|alte[rs]|ältere[nrs]?|frühere[nrs]?|vorige[nrs]?|vorherige[nrs]?)\s+"
    r"([^\W_]+)",
    re.IGNORECASE,
)
_KINDS = set_of("version versions edition document file fassung ausgabe auflage dokument datei")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question says by which it may ask for a version."""

    text: str
    dates: tuple[Date, ...]
    months: frozenset[int]
    numbers: tuple[tuple[int, ...], ...]
    words: frozenset[str]
    older: tuple[str, ...]
    """What stands behind "old", "previous" and the like."""

    def is_for(self, own: VersionName, other: VersionName, is_older: Callable[[], bool]) -> bool:
        """Whether it asks for one version, not for the other one, by what is its own."""
        if own.file.casefold() in self.text and own.file != other.file:
            return True
        if self._is_for_date(own.date, other.date):
            return True
        if own.numbers in self.numbers and own.numbers != other.numbers:
            return True
        if own.rank < other.rank and not self.words.isdisjoint({"draft", "entwurf"} & own.words):
            return True
        return any(word in _KINDS or _is_of(word, own) for word in self.older) and is_older()

    def years_before(self, newer: VersionName) -> list[int]:
        """Those that it names before that of this version."""
        return [said[0] for said in self.dates if newer.date and said[0] < newer.date[0]]

    def _is_for_date(self, own: Date, other: Date) -> bool:
        if len(own) == 1 or not self.months:
            return bool(own) and any(fits(own, said, other) for said in self.dates)
        is_its_month = self.months.issuperset(own[1:2]) and bool(own)
        is_its_year = not self.dates or any(said[:1] == own[:1] for said in self.dates)
        return is_its_month and is_its_year and own[:2] != other[:2]


@lru_cache(maxsize=64)
def asking(question: str) -> Asking:
    """What is in a question."""
    text = question.casefold()
    plain = text.replace("_", " ")
    words, older = frozenset(_WORD.findall(text)), tuple(_OLDER.findall(text))
    return Asking(text, tuple(dates(plain)), months(plain), tuple(numbers(plain)), words, older)


def without_mark(question: str, name: VersionName) -> str:
    """The question without what says which document is meant and no more: the date or the number of this version, with
    its name before that, or what calls it old."""
    base = r"[\s_-]+".join(map(re.escape, " ".join(name.base[-1:]).split()))
    leading = rf"(?:{_BEFORE}{_ARTICLE}{_YEAR}(?:{base}[\s_-]+)?)?"
    of_date = [*(pattern for pattern, _ in DATES), MONTH] if name.date else []
    question = question.replace("_", " ")
    for pattern in [*of_date, *([NUMBERED, LETTERED] if name.numbers else [])]:
        question = re.sub(leading + pattern.pattern, lambda found: _cut(found, name), question, flags=re.IGNORECASE)
    question = _OLDER.sub(lambda found: found[1] if _is_of(found[1].casefold(), name) else found[0], question)
    return " ".join(re.sub(r" +(?=[?.!,;])", "", question).split())


def _cut(found: re.Match[str], name: VersionName) -> str:
    """Nothing in the place of what names the version; anything else as it is."""
    said = found[0].casefold()
    is_own = any(name.date[: len(date)] == date for date in dates(said)) or name.numbers in numbers(said)
    return " " if is_own or months(said).intersection(name.date[1:2]) else found[0]


def _is_of(word: str, name: VersionName) -> bool:
    return any(word in part.split() for part in name.base[-1:])
