"""A copy in memory of a part of a collection, in which some passages read otherwise than in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexes.keyword_fields import KeywordsInMemory
from rag.types import Chunk, Ranking, Vectors


class HeldOut:
    """Searches the passages as they are given, by meaning and by words, as the library would if they were all of it.

    `languages` are those of the documents by their ids, `vectors` [n, dim] those of the passages.
    """

    def __init__(self, chunks: Sequence[Chunk], languages: Mapping[int, str], vectors: Vectors) -> None:
        self._ids = np.array([chunk.id for chunk in chunks], dtype=np.int64)
        self._vectors = vectors
        self.keyword = KeywordsInMemory(chunks, languages).search

    def dense(self, vector: Vectors, k: int) -> Ranking:
        """The k nearest passages."""
        scores = self._vectors @ vector
        order = np.lexsort((self._ids, -scores))[:k]
        return Ranking(self._ids[order], scores[order].astype(np.float32))
