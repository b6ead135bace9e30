"""From many ranked hits the few worth reading: no passage twice, no document alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from rag.types import Hit, Vectors

_WORDS = re.compile(r"\w+")
_SHINGLE = 5
SAME = 0.8
"""Share of the runs of five words of the longer one that make two passages the same; above 1: none are."""


def select(hits: Sequence[Hit], k: int, *, per_document: int | None = None, same: float = SAME) -> list[Hit]:
    """The best k in their order, without near-duplicates and with at most `per_document` of one document."""
    return [hit for hit, _ in zip(_varied(hits, per_document, same), range(k), strict=False)]


def diverse(hits: Sequence[Hit], vectors: Vectors, weight: float) -> list[Hit]:
    """All in a new order: the next is always the one whose score, `weight` of it, less its cosine to the nearest one
    before, the rest, is greatest (Carbonell and Goldstein, "MMR", 1998). `vectors`: unit rows [n, dim]."""
    scores = np.array([hit.score for hit in hits], dtype=np.float32)
    near, left, order = np.zeros(len(hits), dtype=np.float32), list(range(len(hits))), []
    while left:
        best = max(left, key=lambda i: weight * scores[i] - (1 - weight) * near[i])
        left.remove(best)
        order.append(best)
        near = np.maximum(near, vectors @ vectors[best])
    return [hits[i] for i in order]


def _varied(hits: Sequence[Hit], per_document: int | None, same: float) -> Iterator[Hit]:
    taken: Counter[int] = Counter()
    seen: list[frozenset[tuple[str, ...]]] = []
    for hit in hits:
        if per_document is not None and taken[hit.chunk.document_id] >= per_document:
            continue
        shingles = _shingles(hit.chunk.text)
        if any(_alike(shingles, other, same) for other in seen):
            continue
        seen.append(shingles)
        taken[hit.chunk.document_id] += 1
        yield hit


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORDS.findall(text.lower())
    return frozenset(zip(*(words[i:] for i in range(_SHINGLE)), strict=False)) or frozenset([tuple(words)])


def _alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]], same: float) -> bool:
    """Whether nearly all runs of five words of one stand in the other, and they are about as long."""
    longer = max(len(one), len(other))
    return min(len(one), len(other)) >= same * longer and len(one & other) >= same * longer
