"""Whether a number says of another one what is true of it: rounded, as a bound, in another unit, or as a share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isclose

from rag.verification.amounts import Amount

_MONEY = r"\W*(?:[$€£¥] ?)?\Z"
_NEARLY = (
    r"\b(?:about|around|roughly|approximately|approx\.?|some|circa|ca\.|nearly|almost|just (?:over|under)|close to|"
    r"rund|etwa|ungefähr|knapp|fast|gut)"
)
_UPWARDS = r"\b(?:more than|over|at least|above|exceed(?:s|ed|ing)?|upwards? of|mehr als|über|mindestens)"
_DOWNWARDS = r"\b(?:no more than|less than|fewer than|under|at most|below|up to|weniger als|unter|höchstens|bis zu)"
_ABOUT, _MORE, _LESS = (re.compile(words + _MONEY, re.IGNORECASE) for words in (_NEARLY, _UPWARDS, _DOWNWARDS))
_ANY = re.compile(rf"(?:{_NEARLY}|{_UPWARDS}|{_DOWNWARDS})(?=\W*[$€£¥]? ?\d)", re.IGNORECASE)
_NEAR = 0.05
"""How far a number may be from one that is "about" it, as a share."""
_BOUND = 0.25
"""The same for one that is more or less than it: what is far off hardly speaks of it."""
_ROUNDED = 0.005
"""The same for a unit of which no whole number makes another one, as months of days."""


def is_said_of(claim: str, amount: Amount, others: Sequence[tuple[str, Amount]]) -> bool:
    """Whether the claim's number is true of one of the numbers of its source, (sentence, number)."""
    return any(_is_said(claim, amount, other) for text, other in others if amount.counts_as(other)
               and (amount.size != other.size or not _is_approximate(text, other)))  # fmt: skip


def _is_approximate(text: str, amount: Amount) -> bool:
    """Whether the source itself says no more than about how much it is."""
    return any(words.search(text[: amount.fact.start]) for words in (_ABOUT, _MORE, _LESS))


def _is_said(claim: str, amount: Amount, other: Amount) -> bool:
    if amount.is_year or other.measured == 0:
        return False
    before, ratio = claim[: amount.fact.start], amount.measured / other.measured
    if amount.size != other.size and isclose(ratio, 1, rel_tol=_ROUNDED):
        return True
    if not _is_rounder(amount, other):
        return False
    if _ABOUT.search(before):
        return abs(ratio - 1) <= _NEAR
    if _MORE.search(before):
        return 1 - _BOUND <= ratio < 1
    return _LESS.search(before) is not None and 1 < ratio <= 1 + _BOUND


def _is_rounder(amount: Amount, other: Amount) -> bool:
    """Whether it has fewer digits that say something, as what is rounded has: "about 31" is not said of 30."""
    return _digits(amount) < _digits(other)


def _digits(amount: Amount) -> int:
    return len(amount.fact.key.replace(".", "").strip("-0"))


def approximators(claim: str) -> tuple[str, ...]:
    """Its words before numbers that say how they are meant."""
    return tuple(_ANY.findall(claim))
