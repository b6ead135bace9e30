"""What came of checking a sentence, in the reader's words."""

from __future__ import annotations

from app.words import tr
from rag.verification.nouns import Derived, Finding


def told(finding: Finding) -> str:
    """What the sentence's own source does not bear out; in English as `str` says it."""
    said, instead = finding.said, finding.instead
    if finding.kind == "topic":
        return tr("it is about something else than was asked")
    if finding.kind == "negation":
        if instead:
            return tr("the source denies this (“{instead}”)", instead=instead)
        return tr("the source says this without “{said}”", said=said)
    if finding.kind == "role":
        return tr("in the source “{said}” and “{instead}” have each other's place", said=said, instead=instead)
    if instead:
        return tr("“{said}” is not in the source, which says “{instead}”", said=said, instead=instead)
    return tr("“{said}” is not in the source", said=said)


def otherwise(finding: Finding) -> str:
    """What another document says in place of this."""
    said, instead = finding.said, finding.instead
    if finding.kind == "negation":
        return tr("with “{instead}”", instead=instead) if instead else tr("without “{said}”", said=said)
    if finding.kind == "role":
        return tr("with “{said}” and “{instead}” in each other's place", said=said, instead=instead)
    return tr("says “{instead}” instead of “{said}”", said=said, instead=instead)


def calculated(derived: Derived) -> str:
    """How a number follows from its source; in English as `str` says it."""
    return tr("“{said}” is calculated: {how}", said=derived.said, how=derived.how)
