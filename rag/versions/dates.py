"""Dates as the names of files and questions write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_YEAR = r"((?:19|20)\d\d)"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12]\d|3[01])"
_SEASON = re.compile(rf"(?<!\d){_YEAR}[-–/ ]((?:19|20)?\d\d)(?!\d)")
DATES = (
    (re.compile(rf"(?<!\d){_YEAR}[-. ]?{_MONTH}[-. ]?{_DAY}(?!\d)"), (1, 2, 3)),
    (re.compile(rf"(?<!\d)(0?[1-9]|[12]\d|3[01])[-.](0?[1-9]|1[0-2])[-.]{_YEAR}(?!\d)"), (3, 2, 1)),
    (re.compile(rf"(?<!\d){_YEAR}[-. ]{_MONTH}(?!\d)"), (1, 2)),
    (re.compile(rf"(?<!\d){_YEAR}(?!\d)"), (1,)),
)
"""Ways to write a date, with the groups that hold year, month and day."""
QUARTER = re.compile(r"\bq([1-4])\b")
BEFORE_QUARTERS = 12
"""A quarter stands in the place of a month, behind all of those."""
_NAMED = (
    "january januar|february februar|march märz|april|may mai|june juni|july juli|august|september|october oktober|"
    "november|december dezember"
)
_MONTHS = {word: n for n, names in enumerate(_NAMED.split("|"), 1) for word in names.split()}
_UNSURE = "march|may"
_SURE = "|".join(word for word in _MONTHS if word not in _UNSURE.split("|"))
MONTH = re.compile(
    rf"\b(?:{_SURE})\b|(?<=\b(?:in|of|by) )(?:{_UNSURE})\b|(?<=\bfor )(?:{_UNSURE})\b|(?<=\bfrom )(?:{_UNSURE})\b"
    rf"|(?<=\d )(?:{_UNSURE})\b|\b(?:{_UNSURE})(?= \d)",
    re.IGNORECASE,
)
"""A month in words; "may" and "march" are others unless what stands beside them says so."""

Date = tuple[int, ...]


def dates(text: str) -> Iterator[Date]:
    """The dates of a text, each in its longest form."""
    for found in _SEASON.finditer(text):
        if _is_season(found):
            yield (int(found[1]),)
    for pattern, groups in DATES:
        for found in pattern.finditer(text):
            yield tuple(int(found[group]) for group in groups)
        text = pattern.sub(" ", text)


def without_dates(text: str) -> str:
    """The text with a blank in the place of each."""
    text = _SEASON.sub(lambda found: " " if _is_season(found) else found[0], text)
    for pattern, _ in DATES:
        text = pattern.sub(" ", text)
    return text


def has_season(text: str) -> bool:
    """Whether it names one of the kind of "2023-24"."""
    return any(map(_is_season, _SEASON.finditer(text)))


def months(text: str) -> frozenset[int]:
    """The months that a text has in words, and its quarters, as they stand in dates."""
    quarters = {BEFORE_QUARTERS + int(found[1]) for found in QUARTER.finditer(text)}
    return frozenset(quarters | {_MONTHS[found[0].casefold()] for found in MONTH.finditer(text)})


def fits(own: Date, said: Date, other: Date) -> bool:
    """Whether what is said is a part of one date alone."""
    n = len(said)
    return own[:n] == said and other[:n] != said


def _is_season(found: re.Match[str]) -> bool:
    return int(found[2]) % 100 == (int(found[1]) + 1) % 100
