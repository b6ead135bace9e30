"""Whether a claim denies what a sentence says, or says what that denies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.verification.aligning import Alignment, Span
from rag.verification.languages import language
from rag.verification.nouns import Finding

_NEGATIONS = re.compile(
    r"\b(?:not|no(?!\.? ?\d)|never|none|neither|nor|without|cannot|nobody|nothing|nowhere|hardly|scarcely|unable"
    r"|fail(?:s|ed)?(?= to\b)|lack(?:s|ed|ing)?|\w+n['’]t|nicht|kein\w*|nie|niemals|ohne|weder|nunca|sin)\b",
    re.IGNORECASE,
)
_FRENCH = re.compile(rf"{_NEGATIONS.pattern}|\b(?:pas|jamais|aucune?|ni|sans)\b", re.IGNORECASE)
"""Of "ne ... pas" the second word alone counts; in other languages these are no negations."""


def denies(text: str) -> bool:
    """Whether a negation stands in the text."""
    return _of(text).search(text) is not None


def _of(*texts: str) -> re.Pattern[str]:
    return _FRENCH if "fr" in map(language, texts) else _NEGATIONS


def turned(claim: str, sentence: str, beside: Alignment) -> list[Finding]:
    """A finding where one of the two has a negation more than the other, of an odd number of them: two cancel out.

    Only negations between words that both have count: the claim may say more than `sentence` does, and less.
    """
    held = [change for change in beside.changes if change.is_between]
    negations = _of(claim, sentence)  # a short one may not tell that it is French
    mine = _within(claim, [change.said for change in held], negations)
    theirs = _within(sentence, [change.there for change in held], negations)
    if (len(mine) - len(theirs)) % 2 == 0:
        return []
    return [Finding("negation", mine[0][0] if mine else "", theirs[0][0] if theirs else "")]


def _within(text: str, spans: Sequence[Span], negations: re.Pattern[str]) -> list[re.Match[str]]:
    """The negations that lie in these spans; what stands behind one may tell that it is none, as in "no. 7"."""
    found = negations.finditer(text)
    return [one for one in found if any(start <= one.start() and one.end() <= end for start, end in spans)]
