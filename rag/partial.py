"""Questions that ask for several things: each is read for on its own, and what is left open is said."""

from __future__ import annotations

from collections.abc import Sequence

from rag.protocols import Reader
from rag.query.parts import completed_parts, parts_of
from rag.types import AnswerSpan, Hit, Reading

_OF_EACH = 2
"""Sentences that are quoted for each part."""


def read_in_parts(reader: Reader, question: str, hits: Sequence[Hit], threshold: float) -> Reading:
    """As the reader's own for a question that asks for one thing. Else the best sentences of every part that is at
    least as likely answered as `threshold`, part after part; the chance is that of the likeliest one.
    """
    parts = parts_of(question)
    readings = [reader.read(part, hits) for part in completed_parts(question)]
    if len(parts) == 1:
        return readings[0]
    covered = [one for one in readings if one.spans and one.answerability >= threshold]
    left_open = tuple(part for part, one in zip(parts, readings, strict=True) if one not in covered)
    spans: dict[tuple[int, int, int], AnswerSpan] = {}
    for reading in covered:
        for span in reading.spans[:_OF_EACH]:
            spans.setdefault((span.hit, span.start, span.end), span)
    chance = max(one.answerability for one in readings)
    return Reading(tuple(spans.values()), chance, left_open if covered else ())


def not_covered(parts: Sequence[str]) -> str:
    """A sentence on what is left open; empty where nothing is."""
    return f"Your documents do not seem to answer: {' '.join(f'“{part}”' for part in parts)}." if parts else ""
