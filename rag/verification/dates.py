"""Dates in digits, with their years, months and days on their own as dates in words have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.verification.nouns import Fact

_DAY = r"(0?[1-9]|[12]\d|3[01])"
_MONTH = r"(0?[1-9]|1[0-2])"
_YEAR = r"([12]\d{3})"
_LEAD = r"\b(?:am|vom|zum|bis|ab|seit|dem|den|der) "
_DOTTED = rf"{_DAY}\.{_MONTH}\."
_WAYS = (
    (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b"), "ymd"),
    (re.compile(rf"(?<![\w.,]){_DAY}\. ?{_MONTH}\. ?{_YEAR}(?!\w|\.\d)"), "dmy"),
    (re.compile(rf"{_LEAD}{_DOTTED}(?! ?\d)"), "dm"),
    (re.compile(rf"(?<![\w.,]){_DOTTED}(?= ?[-–—] ?\d\d?\.\d\d?\.)"), "dm"),
    (re.compile(rf"(?<![\w./]){_MONTH}/((?:19|20)\d\d)(?![\w/])"), "my"),
)
_SLASHED = {
    "dmy": re.compile(rf"(?<![\w/]){_DAY}/{_MONTH}/{_YEAR}(?![\w/])"),
    "mdy": re.compile(rf"(?<![\w/]){_MONTH}/{_DAY}/{_YEAR}(?![\w/])"),
}


def dates(text: str, *, is_month_first: bool = False) -> Iterator[Fact]:
    """The parts of each date in order; of "03/04/2023" the month stands first or second, as is told, unless one of
    them is none."""
    orders = sorted(_SLASHED, reverse=is_month_first)
    seen: set[int] = set()
    for pattern, parts in (*_WAYS, *((_SLASHED[order], order) for order in orders)):
        for found in pattern.finditer(text):
            if found.start(1) not in seen:
                seen.add(found.start(1))
                yield from (_part(found, n, kind, parts) for n, kind in enumerate(parts, start=1))


def _part(found: re.Match[str], n: int, kind: str, parts: str) -> Fact:
    value = str(int(found[n]))
    if kind != "m":
        return Fact("number", value, *found.span(n))
    also = frozenset([value] if parts == "my" else [])  # "6/2002" may be a number of a year
    return Fact("number", f"month {value}", *found.span(n), also)


def slashed(texts: Sequence[str]) -> tuple[list[tuple[int, int]], list[str]]:
    """The first two numbers of the dates with slashes in texts, and the texts without these."""
    found = [(int(one[1]), int(one[2])) for way in _SLASHED.values() for text in texts for one in way.finditer(text)]
    return found, [_SLASHED["mdy"].sub("#", _SLASHED["dmy"].sub("#", text)) for text in texts] if found else []
