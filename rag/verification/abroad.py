"""What of a claim its evidence in another language does not bear out: numbers and dates, which are no words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.verification.languages import language
from rag.verification.nouns import Finding, Said
from rag.whole.terms import is_telling, words

_SPELLED = 12
"""Numbers up to it are often words, which are known in English and German alone."""
_SAME = 4
"""Letters with which a word and its translation often both begin."""


def missing_abroad(claim: Said, evidence: Sequence[Said]) -> Iterator[Finding]:
    """A finding for each number and part of a date that the evidence lacks; currencies and names are translated."""
    tongues = {language(claim.text), language(" ".join(one.text for one in evidence))}
    for fact in claim.facts:
        if fact.kind != "number" or fact.key.startswith("currency") or any(one.count(fact) for one in evidence):
            continue
        is_spelled = fact.key.isdecimal() and int(fact.key) <= _SPELLED
        if not (is_spelled and not tongues <= {"en", "de"}):
            yield Finding("number", claim.text[fact.start : fact.end])


def is_akin(claim: str, evidence: str) -> bool:
    """Whether some words that tell begin alike: names, and words that both languages have from a third one."""
    mine, theirs = (
        {word[:_SAME] for word in words(text) if is_telling(word) and len(word) >= _SAME} for text in (claim, evidence)
    )
    return bool(mine & theirs)
