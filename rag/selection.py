"""From many ranked hits the few worth reading: no passage twice, no document alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.types import Chunk, Hit, Vectors

Shingles = frozenset[tuple[str, ...]]
"""Runs of five words."""

_WORDS = re.compile(r"\w+")
_SHINGLE = 5
SAME = 0.8
"""Share of the runs of five words of the longer one that make two passages the same; above 1: none are."""


@dataclass(slots=True)
class Selection:
    """What is read of many hits. `dropped`: near-duplicates, each with the hit before it that it is like."""

    hits: list[Hit] = field(default_factory=list)
    dropped: list[tuple[Hit, Hit]] = field(default_factory=list)


def select(hits: Sequence[Hit], k: int, *, per_document: int | None = None, same: float = SAME) -> list[Hit]:
    """The best k in their order, without near-duplicates and with at most `per_document` of one document."""
    return selected(hits, k, per_document=per_document, same=same).hits


def selected(
    hits: Sequence[Hit],
    k: int,
    *,
    per_document: int | None = None,
    same: float = SAME,
    apart: Callable[[Chunk, Chunk], bool] = lambda _one, _other: False,
) -> Selection:
    """As `select`, with what was dropped. Passages that are to be kept `apart` are only the same where all of their
    words are."""
    found = Selection()
    taken: Counter[int] = Counter()
    seen: list[Shingles] = []
    for hit in hits:
        if len(found.hits) == k:
            break
        if per_document is not None and taken[hit.chunk.document_id] >= per_document:
            continue
        shingles = _shingles(hit.chunk.text)
        first = _like(hit, shingles, list(zip(found.hits, seen, strict=True)), same, apart)
        if first is not None:
            found.dropped.append((hit, first))
            continue
        seen.append(shingles)
        taken[hit.chunk.document_id] += 1
        found.hits.append(hit)
    return found


def is_same(one: str, other: str, same: float = SAME) -> bool:
    """Whether two texts are near-duplicates."""
    return _alike(_shingles(one), _shingles(other), same)


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


def _like(
    hit: Hit,
    shingles: Shingles,
    seen: Sequence[tuple[Hit, Shingles]],
    same: float,
    apart: Callable[[Chunk, Chunk], bool],
) -> Hit | None:
    """The first of those seen that it is a near-duplicate of."""
    alike = (
        other
        for other, its in seen
        if _alike(shingles, its, same) and (shingles == its or not apart(hit.chunk, other.chunk))
    )
    return next(alike, None)


def _shingles(text: str) -> Shingles:
    words = _WORDS.findall(text.lower())
    return frozenset(zip(*(words[i:] for i in range(_SHINGLE)), strict=False)) or frozenset([tuple(words)])


def _alike(one: Shingles, other: Shingles, same: float) -> bool:
    """Whether nearly all runs of five words of one stand in the other, and they are about as long."""
    longer = max(len(one), len(other))
    return min(len(one), len(other)) >= same * longer and len(one & other) >= same * longer
