"""Codes in a question: order numbers, part numbers, error codes. A code is met by its own signs or not at all, and what
stands beside another one of its kind is an answer to another question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"(?<![\w$€£])[^\W_]+(?:[-./_][^\W_]+)*(?!\w)")
_RUN = re.compile(r"\d+|[^\W\d_]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)?(?:[a-zµ°]{1,3}|[-/][a-z]{2,}(?:-[a-z]+)*|[AP]M|[kKMGT]i?[BW]h?|[kMG]?Hz|k?[VWA]|mAh|k?Wh|[mM]?L|KG)?"
    r"|\d+[./]\d+|[cdk]?m[23]",
    re.ASCII,
)
"""12.5, 5kg, 2PM, 32GB, 19th, 1990s, 10-year-old, 1/2, km2: how much, not which."""
_COUNTED = re.compile(
    r"[\d.,]+ ?(?:[€£$]|(?:euros?|dollars?|pounds?|francs?|yen|cents?|EUR|USD|GBP|CHF|percent|per cent|people|persons|"
    r"pieces|copies|items|words|pages|years|days|hours|minutes|miles|km|kilomet(?:re|er)s|met(?:re|er)s|kg|kilograms?|tons?|"
    r"tonnes?|lit(?:re|er)s|watts?|volts?|square|cubic|rpm|cycles|tenants|employees)\b)",
    re.IGNORECASE,
)
"""How much is told by what stands behind a plain number, or before it."""
_MONEY = re.compile(r"(?:EUR|USD|GBP|CHF) \Z")
_JOINED = r"[\W_]{0,2}"
_LONG = 4
"""Digits of a plain number that names something rather than counts it, unless it may be a year."""
_YEARS = range(1500, 2101)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a question."""

    own: tuple[re.Pattern[str], ...]
    """Each, however its parts are joined."""
    alike: tuple[re.Pattern[str], ...]
    """What is of the same form: letters stay, digits may be others."""

    def __bool__(self) -> bool:
        return bool(self.own)

    def held(self, text: str) -> int:
        """How many of them stand in the text."""
        return sum(bool(code.search(text)) for code in self.own)

    def is_of_another(self, text: str) -> bool:
        """Whether a code of the same form as one that is not there stands in the text."""
        return any(not own.search(text) and alike.search(text) for own, alike in zip(self.own, self.alike, strict=True))


def codes_of(question: str) -> Codes:
    """Its codes; none in most questions."""
    found = list(dict.fromkeys(_codes(question)))
    return Codes(tuple(map(_pattern, found)), tuple(_pattern(code, is_exact=False) for code in found))


def _codes(question: str) -> Iterator[str]:
    for found in _TOKEN.finditer(question):
        token = found[0]
        if not any(sign.isdigit() for sign in token) or _DATE.fullmatch(token) or _is_span(token):
            continue
        if token.isdecimal():
            may_be_year = len(token) == _LONG and int(token) in _YEARS
            if len(token) >= _LONG and not may_be_year and not _is_counted(question, found.start()):
                yield token
        elif not _QUANTITY.fullmatch(token):
            yield token


def _is_counted(question: str, at: int) -> bool:
    return bool(_COUNTED.match(question, at) or _MONEY.search(question[:at]))


def _is_span(token: str) -> bool:
    """2001-2010, 1998-99, 10-12."""
    parts = token.split("-")
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004
        return False
    first, last = map(int, parts)
    return (first in _YEARS and (last in _YEARS or len(parts[1]) == 2)) or max(map(len, parts)) <= 2  # noqa: PLR2004


def _pattern(code: str, *, is_exact: bool = True) -> re.Pattern[str]:
    runs = [run if is_exact or not run.isdecimal() else rf"\d{{{len(run)}}}" for run in _RUN.findall(code)]
    return re.compile(rf"(?<![^\W_]){_JOINED.join(runs)}(?![^\W_])", re.IGNORECASE)
