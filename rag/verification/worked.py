"""Numbers of a claim that stand in no source, but were calculated by the app from numbers that do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from rag.agent.arithmetic import calculated
from rag.agent.nouns import Calculation
from rag.errors import InputError
from rag.verification.calculating import cues
from rag.verification.equivalents import approximators
from rag.verification.nouns import Derived, Finding
from rag.verification.quantities import quantities
from rag.whole.terms import terms

_EVERYDAY = frozenset(map(str, (*range(1, 13), 24, 30, 52, 60, 100, 365, 1000)))
"""Numbers that a question brings along or that everybody knows, such as the months of a year: none must say them."""
_SCALES = tuple(map(Decimal, (1, 10**3, 10**6, 10**9, 10**12)))
"""A model calculates with 47.9 where a source has 47.9 million."""
_PLACES = 4
"""A result may be told with fewer decimals than it has, down to none."""
_WRITTEN = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)


def worked(claim: str, calculations: Sequence[Calculation], evidence: Sequence[str]) -> tuple[Derived, ...]:
    """Those numbers of the claim that are results of numbers that its evidence has."""
    if not calculations:
        return ()
    there = _numbers("\n".join(evidence))
    results = dict[str, str]()
    for one in calculations:
        found = dict.fromkeys(_results(one, there), one.expression)
        is_written_out = bool(found) and str(one) in claim
        results |= (dict.fromkeys(_numbers(str(one)), "") if is_written_out else {}) | found
    words = (*cues(claim), *approximators(claim))
    return tuple(
        Derived(claim[fact.start : fact.end], results[key], words)
        for fact in quantities(claim)
        if (key := fact.key.lstrip("-")) in results
    )


def without_worked(found: Sequence[Finding], results: Collection[Derived]) -> Sequence[Finding]:
    """The findings that stay where the claim tells these results: not that this number stands nowhere, nor that the
    sentence with one of its numbers speaks of something else, a month for example and not a year."""
    if not results:
        return found
    said = {one.said for one in results}
    return [one for one in found if one.kind != "word" and not (one.kind == "number" and one.said in said)]


def adds_nothing(claim: str, derived: Sequence[Derived], known: Sequence[str]) -> bool:
    """Whether a claim that tells results has no word beyond them, those of its step, and those of the texts `known`."""
    told = [word for one in derived for word in (one.said, one.how, *one.words)]
    return bool(derived) and terms(claim) <= terms(" ; ".join((*told, *known)))


def _results(made: Calculation, there: set[str]) -> Iterator[str]:
    """The values, as a claim may tell them, that come of the expression with numbers that are there."""
    for scale in _SCALES:
        value = _scaled(made, scale, there)
        if value is not None and "e" not in value:  # nobody writes out what is that large or small
            rounded = (f"{Decimal(value):.{n}f}" for n in range(_PLACES))
            yield from _numbers(" ; ".join((value, *rounded)))


def _scaled(made: Calculation, scale: Decimal, there: set[str]) -> str | None:
    """What comes of it in thousands or millions; None where its numbers are not there, or none but everyday ones."""
    written = {text: f"{(Decimal(text) * scale).normalize():f}" for text in _WRITTEN.findall(made.expression)}
    found = {text for text, number in written.items() if number in there}
    others = {f"{Decimal(text).normalize():f}" for text in written if text not in found}
    if not others <= _EVERYDAY or {f"{Decimal(text).normalize():f}" for text in found} <= _EVERYDAY:
        return None
    if scale == 1:
        return made.value
    try:
        return calculated(_WRITTEN.sub(lambda at: written[at[0]] if at[0] in found else at[0], made.expression)).value
    except InputError:
        return None


def _numbers(text: str) -> set[str]:
    """Without their signs: in an expression they subtract."""
    return {fact.key.lstrip("-") for fact in quantities(text)}
