"""Numbers of a claim that stand in no source, but were calculated by the app from numbers that do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from rag.agent.nouns import Calculation
from rag.verification.nouns import Finding
from rag.verification.quantities import quantities

_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_EVERYDAY = frozenset(map(str, (*range(1, 13), 24, 30, 52, 60, 100, 365, 1000)))
"""Numbers that a question brings along or that everybody knows, such as the months of a year: none must say them."""
_LARGE = 10**15
"""From here on a float has no decimals, and nobody tells a number in full."""
_PLACES = 4
"""A result may be told with fewer decimals than it has, down to none."""


def without_worked(
    found: Sequence[Finding], claim: str, calculations: Sequence[Calculation], evidence: Sequence[str]
) -> Sequence[Finding]:
    """The findings that stay where the claim tells a result of numbers that its evidence has: not that this number is
    none of them, nor that the sentence with one of them speaks of something else, a month for example and not a year.
    """
    if not tells_result(claim, calculations, evidence):
        return found
    worked = set(_results(calculations, evidence)).union(*(_numbers(one.expression) for one in calculations))
    return [one for one in found if one.kind != "word" and not (one.kind == "number" and _numbers(one.said) & worked)]


def tells_result(claim: str, calculations: Sequence[Calculation], evidence: Sequence[str]) -> bool:
    """Whether a number of the claim was calculated by the app from numbers of its evidence."""
    return bool(calculations) and not _numbers(claim).isdisjoint(_results(calculations, evidence))


def _results(calculations: Sequence[Calculation], evidence: Sequence[str]) -> Iterator[str]:
    there = _numbers("\n".join(evidence))
    for one in calculations:
        looked_up = _numbers(one.expression) - _EVERYDAY
        if looked_up and looked_up <= there:
            exact = Fraction(one.value)
            places = range(_PLACES if abs(exact) < _LARGE else 0)
            rounded = (f"{float(round(exact, n)):.{n}f}" for n in places)
            yield from _numbers(" ; ".join((one.value, *rounded)))


def _numbers(text: str) -> set[str]:
    """Without their signs, since in an expression they subtract; and as they are written, too, since there they stand
    without the word that follows: 47.9 for "47.9 million"."""
    written = " ; ".join(_NUMERAL.findall(text))
    return {fact.key.lstrip("-") for part in (text, written) for fact in quantities(part)}
