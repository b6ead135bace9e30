"""What the name of a file tells about its version: "Handbook 2025.pdf", "contract_v2 (1).docx", "policy-alt.md"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from rag.versions.dates import BEFORE_QUARTERS, QUARTER, Date, dates, has_season, without_dates

_ENDING = re.compile(r"\.(?=[0-9]*[a-z])[a-z0-9]{1,5}\Z", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=V\d)")
NUMBERED = re.compile(
    r"\b(?:v|ver|vers|version|rev|revision|fassung)[. -]{0,2}(\d{1,3}(?:\.\d{1,4})*)\b"
    r"|\b(\d{1,3})(?:st|nd|rd|th|\.)? ?(?:edition|auflage|ausgabe|fassung)\b"
)
LETTERED = re.compile(r"\b(?:rev|revision|issue|index)[. -]{0,2}([a-z])\b")
_COPY = re.compile(r"\((\d{1,2})\)\s*\Z|\A(?:copy of|kopie von)\b|\b(?:copy|kopie)\s*\Z")
_OLD = (
    "draft entwurf old alt alte altes archive archiv archived superseded obsolete previous outdated veraltet "
    "preliminary vorläufig"
)
_NEW = "final endfassung new neu neue neues latest aktuell current updated revised"
_RANKS = dict.fromkeys(_OLD.split(), -1) | dict.fromkeys(_NEW.split(), 1)
_EMPTY = frozenset({"version", "fassung", "stand"})
_WORD = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]")


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
    is_issue: bool = False
    """Whether it may be one of a series: the minutes of a day, the figures of a quarter, a letter (2)."""

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
    return VersionName(file, base, marked.date, marked.numbers, marked.rank, marked.words, is_name, marked.is_issue)


def are_versions(one: VersionName, other: VersionName) -> bool:
    """Whether the names differ by the mark of a version alone."""
    return one.base == other.base and one.is_name and one.mark != other.mark


def are_issues(one: VersionName, other: VersionName) -> bool:
    """Whether two such names may as well be two of a series, which say different things and are both right."""
    return one.is_issue or other.is_issue


def order(one: VersionName, other: VersionName) -> int:
    """1 where the first is newer, -1 where it is older, 0 where the names do not tell. One with a date and one without
    are not compared: a chain of such pairs might lead back to where it began."""
    if bool(one.date) != bool(other.date):
        return 0
    first, second = ((name.date, name.numbers or (1,), (name.rank,)) for name in (one, other))
    return (first > second) - (first < second)


def _taken_apart(name: str) -> VersionName:
    text = _CAMEL.sub(" ", name).replace("_", " ").casefold()
    date, is_issue = next(dates(text), ()), has_season(text)
    text = without_dates(text)
    if date and (quarter := QUARTER.search(text)):
        date, text = (date[0], BEFORE_QUARTERS + int(quarter[1]), *date[2:]), QUARTER.sub(" ", text)
    found = next(iter(numbers(text)), ())
    copies = frozenset(f"({one[1] or ''})" for one in _COPY.finditer(text))
    for pattern in (NUMBERED, LETTERED, _COPY):
        text = pattern.sub(" ", text)
    text, marks = _without_marks(text)
    rank = min((_RANKS[word] for word in marks), default=0)  # "new draft" is a draft
    words = _WORD.findall(text)
    base = " ".join(word for word in words if word not in _EMPTY)
    is_version = bool(found) or not _EMPTY.isdisjoint(words)
    is_issue = (is_issue or len(date) > 1 or bool(copies)) and not is_version
    return VersionName(name, (base,), date, found, rank, marks | copies, is_issue=is_issue)


def _without_marks(text: str) -> tuple[str, frozenset[str]]:
    """The text without the words that mark it, which stand at its end or in brackets: "New York" is not newer than
    "York". A name may be of such words alone, as that of a folder."""
    found = [one[1] for one in _BRACKETS.finditer(text) if one[1] in _RANKS]
    text = _BRACKETS.sub(lambda one: " " if one[1] in _RANKS else one[0], text)
    words = _WORD.findall(text)
    last = list(takewhile(lambda word: word in _RANKS or word in _EMPTY, reversed(words)))
    left = words[: len(words) - len(last)]
    kept = [word for word in last if word in _EMPTY]
    return " ".join([*left, *kept]), frozenset(found) | frozenset(last) - _EMPTY


def numbers(text: str) -> list[tuple[int, ...]]:
    """Those that a folded text numbers versions by; a letter is the number of its place."""
    found = [tuple(map(int, (one[1] or one[2]).split("."))) for one in NUMBERED.finditer(text)]
    return found + [(ord(one[1]) - ord("a") + 1,) for one in LETTERED.finditer(text)]
