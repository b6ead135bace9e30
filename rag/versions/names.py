"""What the name of a file tells about its version: "Handbook 2025.pdf", "contract_v2 (1).docx", "policy-alt.md"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_ENDING = re.compile(r"\.(?=[0-9]*[a-z])[a-z0-9]{1,5}\Z", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=V\d)")
_YEAR = r"((?:19|20)\d\d)"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12]\d|3[01])"
_SEASON = re.compile(rf"(?<!\d){_YEAR}[-–/ ]((?:19|20)?\d\d)(?!\d)")
_DATES = (
    (re.compile(rf"(?<!\d){_YEAR}[-. ]?{_MONTH}[-. ]?{_DAY}(?!\d)"), (1, 2, 3)),
    (re.compile(rf"(?<!\d)(0?[1-9]|[12]\d|3[01])[-.](0?[1-9]|1[0-2])[-.]{_YEAR}(?!\d)"), (3, 2, 1)),
    (re.compile(rf"(?<!\d){_YEAR}[-. ]{_MONTH}(?!\d)"), (1, 2)),
    (re.compile(rf"(?<!\d){_YEAR}(?!\d)"), (1,)),
)
"""Ways to write a date, with the groups that hold year, month and day."""
_QUARTER = re.compile(r"\bq([1-4])\b")
_NUMBERED = re.compile(
    r"\b(?:v|ver|vers|version|rev|revision|fassung)[. -]{0,2}(\d{1,3}(?:\.\d{1,4})*)\b"
    r"|\b(\d{1,3})(?:st|nd|rd|th|\.)? ?(?:edition|auflage|ausgabe|fassung)\b"
)
_LETTERED = re.compile(r"\b(?:rev|revision|issue|index)[. -]{0,2}([a-z])\b")
_COPY = re.compile(r"\((\d{1,2})\)\s*\Z|\A(?:copy of|kopie von)\b|\b(?:copy|kopie)\s*\Z")
_OLD = (
    "draft entwurf old alt alte altes archive archiv archived superseded obsolete previous outdated veraltet "
    "preliminary vorläufig"
)
_NEW = "final endfassung new neu neue neues latest aktuell current updated revised"
_RANKS = dict.fromkeys(_OLD.split(), -1) | dict.fromkeys(_NEW.split(), 1)
_EMPTY = frozenset({"version", "fassung", "stand"})
_LEADING = r"(?:\b(?:in|of|for|from|during|im|von|aus|für)\s+(?:the\s+)?(?:year\s+|jahre?\s+)?)?"
_WORD = re.compile(r"[^\W_]+")
_OLDER = re.compile(
    r"\b(?:old|older|previous|earlier|former|alten?|alte[rs]|ältere[nrs]?|frühere[nrs]?|vorige[nrs]?|vorherige[nrs]?)\s+"
    r"([^\W_]+)"
)
_KINDS = frozenset("version versions edition document file fassung ausgabe auflage dokument datei".split())  # noqa: SIM905

Date = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VersionName:
    """A file's name, with what marks its version taken apart from the rest."""

    file: str
    base: tuple[str, ...]
    """The rest of the name and of each folder that it stands in, folded."""
    date: Date = ()
    """Year, month and day, as far as they are told."""
    numbers: tuple[int, ...] = ()
    rank: int = 0
    """-1 for a draft and the like, 1 for what calls itself final or new."""
    words: frozenset[str] = frozenset()
    """Those of the mark that are words, and the numbers of copies."""
    is_name: bool = True
    """Whether the rest has a word of letters at all."""

    @property
    def mark(self) -> tuple[Date, tuple[int, ...], frozenset[str]]:
        return self.date, self.numbers, self.words


@lru_cache(maxsize=20_000)
def version_name(source: str) -> VersionName:
    """What the name at the end of a path or an address says; its folders count where the name says nothing."""
    *folders, file = source.rstrip("/").split("/")
    own = _taken_apart(_ENDING.sub("", file))
    parts = [_taken_apart(folder) for folder in folders if folder]
    around = (one for part in (own, *reversed(parts)) if (one := part).mark != ((), (), frozenset()))
    marked = next(around, own)
    base = tuple(part.base[0] for part in (*parts, own) if part.base[0])
    is_name = any(sum(map(str.isalpha, word)) > 1 for part in base for word in part.split())
    return VersionName(file, base, marked.date, marked.numbers, marked.rank, marked.words, is_name)


def are_versions(one: VersionName, other: VersionName) -> bool:
    """Whether the names differ by the mark of a version alone."""
    return one.base == other.base and one.is_name and one.mark != other.mark


def is_series(one: VersionName, other: VersionName) -> bool:
    """Whether versions by their names may as well be parts of a series, each of which stays true: minutes and figures
    of other months, copies that are numbered both."""
    by_month = len(one.date) > 1 and len(other.date) > 1 and one.date != other.date
    return by_month or all(any(word.startswith("(") for word in name.words) for name in (one, other))


def order(one: VersionName, other: VersionName) -> int:
    """1 where the first is newer, -1 where it is older, 0 where the names do not tell: not of one with a date and one
    without, since of three such names each would be older than the next."""
    if bool(one.date) != bool(other.date):
        return 0
    if one.date != other.date:
        return _sign(one.date, other.date)
    first, second = one.numbers or (1,), other.numbers or (1,)
    return _sign(first, second) if first != second else _sign((one.rank,), (other.rank,))


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question says by which it may ask for a version."""

    text: str
    dates: tuple[Date, ...]
    numbers: tuple[tuple[int, ...], ...]
    words: frozenset[str]
    older: tuple[str, ...]
    """What stands behind "old", "previous" and the like."""

    def is_for(self, own: VersionName, other: VersionName, is_older: Callable[[], bool]) -> bool:
        """Whether it asks for one version, not for the other one, by what is its own."""
        if own.file.casefold() in self.text and own.file != other.file:
            return True
        if own.date and own.date != other.date and any(_fits(own.date, said, other.date) for said in self.dates):
            return True
        if own.numbers in self.numbers and own.numbers != other.numbers:
            return True
        if own.rank < other.rank and not self.words.isdisjoint({"draft", "entwurf"} & own.words):
            return True
        return any(word in _KINDS or _is_of(word, own) for word in self.older) and is_older()

    def years_before(self, newer: VersionName) -> list[int]:
        """Those that it names before that of this version."""
        return [said[0] for said in self.dates if newer.date and said[0] < newer.date[0]]


@lru_cache(maxsize=64)
def asking(question: str) -> Asking:
    """What is in a question."""
    text = question.casefold()
    words, older = frozenset(_WORD.findall(text)), tuple(_OLDER.findall(text))
    return Asking(text, tuple(_dates(text)), tuple(_numbers(text)), words, older)


def without_mark(question: str, name: VersionName) -> str:
    """The question without the date or the number of this version, which say which document is meant and no more."""
    dates = [pattern for pattern, _ in _DATES] if name.date else []
    for pattern in [*dates, *([_NUMBERED, _LETTERED] if name.numbers else [])]:
        question = re.sub(_LEADING + pattern.pattern, lambda found: _cut(found, name), question, flags=re.IGNORECASE)
    return " ".join(re.sub(r" +(?=[?.!,;])", "", question).split())


def _cut(found: re.Match[str], name: VersionName) -> str:
    """Nothing in the place of what names the version; anything else as it is."""
    said = found[0].casefold()
    is_own = any(name.date[: len(date)] == date for date in _dates(said)) or name.numbers in _numbers(said)
    return " " if is_own else found[0]


def _taken_apart(name: str) -> VersionName:
    text = _CAMEL.sub(" ", name).replace("_", " ").casefold()
    date = next(_dates(text), ())
    text = _without_dates(text)
    if date and (quarter := _QUARTER.search(text)):
        date, text = (date[0], 3 * int(quarter[1]), *date[2:]), _QUARTER.sub(" ", text)
    numbers = next(iter(_numbers(text)), ())
    copies = frozenset(f"({found[1] or ''})" for found in _COPY.finditer(text))
    for pattern in (_NUMBERED, _LETTERED, _COPY):
        text = pattern.sub(" ", text)
    found = _WORD.findall(text)
    # At the head of other words it belongs to them: "New York", "Old Testament", "final exam".
    marks = frozenset(word for at, word in enumerate(found) if word in _RANKS and (at or len(found) == 1))
    rank = min((_RANKS[word] for word in marks), default=0)  # "new draft" is a draft
    base = " ".join(word for word in found if word not in marks and word not in _EMPTY)
    return VersionName(name, (base,), date, numbers, rank, marks | copies)


def _dates(text: str) -> Iterator[Date]:
    """The dates of a text, each in its longest form."""
    for found in _SEASON.finditer(text):
        if int(found[2]) % 100 == (int(found[1]) + 1) % 100:
            yield (int(found[1]),)
    for pattern, groups in _DATES:
        for found in pattern.finditer(text):
            yield tuple(int(found[group]) for group in groups)
        text = pattern.sub(" ", text)


def _without_dates(text: str) -> str:
    text = _SEASON.sub(lambda found: " " if int(found[2]) % 100 == (int(found[1]) + 1) % 100 else found[0], text)
    for pattern, _ in _DATES:
        text = pattern.sub(" ", text)
    return text


def _numbers(text: str) -> list[tuple[int, ...]]:
    found = [tuple(map(int, (one[1] or one[2]).split("."))) for one in _NUMBERED.finditer(text)]
    return found + [(ord(one[1]) - ord("a") + 1,) for one in _LETTERED.finditer(text)]


def _fits(own: Date, said: Date, other: Date) -> bool:
    n = len(said)
    return own[:n] == said and other[:n] != said


def _is_of(word: str, name: VersionName) -> bool:
    return any(word in part.split() for part in name.base[-1:])


def _sign(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return (one > other) - (one < other)
