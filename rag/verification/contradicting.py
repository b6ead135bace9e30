"""Whether a passage of another document says otherwise than a claim, in one number or by a negation."""

from __future__ import annotations

import re

from rag.verification.aligning import aligned
from rag.verification.comparing import ALIKE, findings, said_of, sentences_of
from rag.verification.negation import turned
from rag.verification.nouns import Finding, Said
from rag.verification.substitution import substituted
from rag.verification.weekdays import WEEKDAY
from rag.whole.terms import is_telling, stem, words

_LABEL = re.compile(
    r"\b(?:chapter|section|table|figure|fig|room|article|page|step|phase|version|level|grade|type|unit|floor|part|volume|"
    r"item|line|class|group|model|no|number|question|appendix|paragraph|day|week|month|year|quarter|q|age|aged)\.? ?\Z",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b")
_NEUTRAL = frozenset(
    stem(word)
    for word in """
    fact known officially already course said says say according reported reportedly stated states currently exactly
    total held holds hold amounts amount lasts takes take costs cost comes nun
    bereits derzeit genau insgesamt laut beträgt
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
"""Stems that tell nothing of which case is spoken of."""


def contradiction(claim: str, evidence: str) -> Finding | None:
    """The one number or negation in which a sentence of the evidence differs that says the same in all other words that
    tell; None where the claim stands there, too, or more than that differs: then it speaks of another case.
    """
    said, own = said_of(claim), _stems(said_of(claim))
    for one in sentences_of(evidence) if own else ():
        if own != _stems(one.said) or (beside := aligned(claim, one.said.text)).share < ALIKE:
            continue
        found = [*substituted(said, one.said, beside), *turned(claim, one.said.text, beside)]
        if len(found) != 1 or found[0].kind not in {"number", "negation"}:
            continue
        denies = findings(claim, [evidence]) and findings(one.said.text, [claim])  # "310" and "about 300" agree
        if denies and not _is_another_case(said, one.said, found[0]):
            return found[0]
    return None


def _stems(said: Said) -> frozenset[str]:
    """Of the words that tell which case is spoken of: no numbers, however they are written, and no parts of dates."""
    places = [(fact.start, fact.end) for fact in said.facts if fact.kind == "number"]
    text = said.text
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return frozenset(stem(word) for word in words(text) if is_telling(word)) - _NEUTRAL


def _is_another_case(claim: Said, other: Said, finding: Finding) -> bool:
    """Whether the number is a label ("Chapter 3"), a month or weekday without a date, or the year beside another
    number, which may well differ by year; or the sentence has further numbers that the claim lacks, such as a year."""
    is_number = finding.kind == "number"
    before = claim.text[: claim.text.find(finding.said)]
    numbers = [fact for fact in claim.facts if fact.kind == "number"]
    further = {fact.key for fact in other.facts if fact.kind == "number" and not claim.count(fact)}
    named = [fact for fact in numbers if fact.key.startswith(("month", WEEKDAY))]
    is_month = is_number and any(claim.text[fact.start : fact.end] == finding.said for fact in named)
    if is_number and (_LABEL.search(before) or (is_month and not _DAY.search(claim.text))):
        return True
    is_year = len(numbers) > 1 and _YEAR.fullmatch(finding.said) is not None
    return is_year or len(further) > is_number
