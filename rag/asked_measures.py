"""Questions for a measure, as "how high": of sentences with numbers the one with a number of that measure answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag.interaction import Floats
from rag.verification.amounts import Amount, amounts
from rag.verification.units import measure
from rag.whole.terms import words

_ANY = "?"
_AREA = re.compile(r" ?\w+?[²³23]\b| ?(?:sq|square|cu|cubic)\b", re.IGNORECASE)
"""Behind a number whose unit is one of length by its letters alone: "284 km2"."""
_UNIT = re.compile(r"[ \u00a0-]?[^\W\d_]+")
_FORMS = re.compile(r"\d ?['\"′″’”°]|\b(?:high|tall|deep|wide|thick|long|far|heavy|hot|cold|warm)\b", re.IGNORECASE)
"""A measure by its sign, "6'4", or by the word that asks for it."""
_KINDS = {
    frozenset({"length"}): r"how (?:high|tall|deep|wide|thick)|(?:height|altitude|elevation|depth|width|thickness) of",
    frozenset({"length", "time"}): r"how (?:long|far)|length of",
    frozenset({"mass"}): r"how heavy|how much (?:do|does|did) .* weigh|weight of",
    frozenset({"temperature"}): r"how (?:hot|cold|warm)|temperature of",
}
_ASKED = {kinds: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kinds, words in _KINDS.items()}


def asked_kinds(question: str) -> frozenset[str]:
    """The kinds of measure that a question asks for; empty where it asks for something else."""
    return next((kinds for kinds, asked in _ASKED.items() if asked.search(question)), frozenset())


def measured(scores: Floats, question: str, texts: Sequence[str], passages: Sequence[int], near: float) -> int | None:
    """Where the best sentence has only numbers of other measures than the one that is asked for, the best of its
    passage that has one of it and lies no further below than `near`; None where there is none, or no need of one."""
    kinds = asked_kinds(question)
    first = int(scores.argmax())
    if not kinds or not _has_others(texts[first], kinds):
        return None
    close = [i for i in np.flatnonzero(scores >= scores[first] - near).tolist() if passages[i] == passages[first]]
    return max((i for i in close if _of(texts[i], kinds)), key=lambda i: float(scores[i]), default=None)


def is_other_measure(text: str, question: str) -> bool:
    """Whether these words have numbers, and none of the measure that is asked for."""
    kinds = asked_kinds(question)
    return bool(kinds) and _has_others(text, kinds)


def measure_in(text: str, question: str) -> tuple[int, int] | None:
    """The first number of the asked measure in a sentence, with its unit, as characters of it."""
    for amount in _of(text, asked_kinds(question)):
        unit = _UNIT.match(text, amount.fact.end)
        return amount.fact.start, amount.fact.end if unit is None else unit.end()
    return None


def _of(text: str, kinds: frozenset[str]) -> list[Amount]:
    return [one for one in amounts(text) if one.unit in kinds and not _AREA.match(text, one.fact.end)]


def _has_others(text: str, kinds: frozenset[str]) -> bool:
    """Whether all its numbers, and it has some, are of other kinds, and it has no word of a measure of these: "a week
    ago", "12 episodes long"."""
    found = amounts(text)
    is_told = _FORMS.search(text) or any((of := measure(word)) is not None and of[0] in kinds for word in words(text))
    return bool(found) and not is_told and not _of(text, kinds) and all(one.unit != _ANY for one in found)
