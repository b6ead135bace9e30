"""From many ranked hits the few worth reading: no passage twice, no document alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rag.types import Hit

_WORDS = re.compile(r"\w+")
_SHINGLE = 5
_SAME = 0.8


def select(hits: Sequence[Hit], k: int, *, per_document: int | None = None) -> list[Hit]:
    """The best k in their order, without near-duplicates and with at most `per_document` of one document."""
    return [hit for hit, _ in zip(_varied(hits, per_document), range(k), strict=False)]


def _varied(hits: Sequence[Hit], per_document: int | None) -> Iterator[Hit]:
    taken: Counter[int] = Counter()
    seen: list[frozenset[tuple[str, ...]]] = []
    for hit in hits:
        if per_document is not None and taken[hit.chunk.document_id] >= per_document:
            continue
        shingles = _shingles(hit.chunk.text)
        if any(_alike(shingles, other) for other in seen):
            continue
        seen.append(shingles)
        taken[hit.chunk.document_id] += 1
        yield hit


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORDS.findall(text.lower())
    return frozenset(zip(*(words[i:] for i in range(_SHINGLE)), strict=False)) or frozenset([tuple(words)])


def _alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    """Whether nearly all runs of five words of one stand in the other, and they are about as long."""
    longer = max(len(one), len(other))
    return min(len(one), len(other)) >= _SAME * longer and len(one & other) >= _SAME * longer
