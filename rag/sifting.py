"""Which sentences are no answers, whatever they have in common with a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.asked_rows import AskedRow, of_others
from rag.bibliography import entries, is_asked_for
from rag.interaction import Floats
from rag.rows import Span, captions
from rag.types import Hit


def sifted(
    scores: Floats,
    question: str,
    hits: Sequence[Hit],
    places: Sequence[tuple[int, Span]],
    rows: Sequence[AskedRow | None],
) -> Floats:
    """The scores without those of captions of tables, of rows that are about others, and of references, unless these
    are what is asked for: they become -inf. All stay where nothing else is there.

    `places`: of each sentence its hit and its characters in the chunk's text; `rows`: which of them are rows.
    """
    are_asked_for = is_asked_for(question)
    out = [captions(hit.chunk.text) + ([] if are_asked_for else entries(hit.chunk)) for hit in hits]
    are_out = [any(start >= a and end <= b for a, b in out[n]) for n, (start, end) in places]
    kept = ~(np.array(are_out, dtype=bool) | np.array(of_others(rows), dtype=bool))
    return np.where(kept, scores, np.float32(-np.inf)) if kept.any() else scores
