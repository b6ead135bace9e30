"""Quoted words that probably do not answer: when they are such, and what is said of them wherever they stand."""

from __future__ import annotations

from dataclasses import replace

from app.words import percent, tr
from rag.types import Answer

_EVEN = 0.5
"""From this chance on it is likelier than not that an answer is one."""


def doubt(answer: Answer) -> str:
    """Said before words that are quoted though it is likelier that they do not answer; empty for all others."""
    if answer.refused or answer.model or answer.chance is None or answer.chance >= _EVEN:
        return ""
    share = percent(answer.chance)
    return tr("It is only {share} likely that your documents answer this: these words come nearest.", share=share)


def without_marks(answer: Answer) -> Answer:
    """The same answer with no words that stand out as what was asked for."""
    return replace(answer, sentences=tuple(replace(one, mark=None) for one in answer.sentences))
