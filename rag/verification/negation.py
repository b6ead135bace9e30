"""Whether a claim denies what a sentence says, or says what that denies."""

from __future__ import annotations

import re

from rag.verification.aligning import Alignment
from rag.verification.nouns import Finding

_NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|nowhere|hardly|scarcely|unable"
    r"|fail(?:s|ed)?(?= to\b)|lack(?:s|ed|ing)?|\w+n['’]t)\b",
    re.IGNORECASE,
)


def turned(claim: str, sentence: str, beside: Alignment) -> list[Finding]:
    """A finding where one of the two has a negation more than the other, of an odd number of them: two cancel out.

    Only negations between words that both have count: the claim may say more than `sentence` does, and less.
    """
    held = [change for change in beside.changes if change.is_between]
    mine = [one for change in held for one in _NEGATIONS.finditer(claim, *change.said)]
    theirs = [one for change in held for one in _NEGATIONS.finditer(sentence, *change.there)]
    if (len(mine) - len(theirs)) % 2 == 0:
        return []
    return [Finding("negation", mine[0][0] if mine else "", theirs[0][0] if theirs else "")]
