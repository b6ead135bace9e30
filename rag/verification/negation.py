"""Whether a claim denies what a sentence says, or says what that denies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.verification.aligning import Alignment, Span
from rag.verification.nouns import Finding

_NEGATIONS = re.compile(
    r"\b(?:not|no(?!\.? ?\d)|never|none|neither|nor|without|cannot|nobody|nothing|nowhere|hardly|scarcely|unable"
    r"|fail(?:s|ed)?(?= to\b)|lack(?:s|ed|ing)?|\w+n['’]t|nicht|kein\w*|nie|niemals|ohne|weder|nunca|sin)\b",
    re.IGNORECASE,
)


def denies(text: str) -> bool:
    """Whether a negation stands in the text."""
    return _NEGATIONS.search(text) is not None


def turned(claim: str, sentence: str, beside: Alignment) -> list[Finding]:
    """A finding where one of the two has a negation more than the other, of an odd number of them: two cancel out.

    Only negations between words that both have count: the claim may say more than `sentence` does, and less.
    """
    held = [change for change in beside.changes if change.is_between]
    mine = _within(claim, [change.said for change in held])
    theirs = _within(sentence, [change.there for change in held])
    if (len(mine) - len(theirs)) % 2 == 0:
        return []
    return [Finding("negation", mine[0][0] if mine else "", theirs[0][0] if theirs else "")]


def _within(text: str, spans: Sequence[Span]) -> list[re.Match[str]]:
    """The negations that lie in these spans; what stands behind one may tell that it is none, as in "no. 7"."""
    found = _NEGATIONS.finditer(text)
    return [one for one in found if any(start <= one.start() and one.end() <= end for start, end in spans)]
