"""A copy in memory of a part of a collection, in which some passages read otherwise than in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexes.keyword_fields import analyzers, any_of, field_of, schema, searched, terms
from rag.types import Chunk, Ranking, Vectors

_HEAP_BYTES = 32_000_000


class HeldOut:
    """Searches the passages as they are given, by meaning and by words, as the library would if they were all of it.

    `languages` are those of the documents by their ids, `vectors` [n, dim] those of the passages.
    """

    def __init__(self, chunks: Sequence[Chunk], languages: Mapping[int, str], vectors: Vectors) -> None:
        import tantivy

        self._ids = np.array([chunk.id for chunk in chunks], dtype=np.int64)
        self._vectors = vectors
        self._analyzers = analyzers()
        self._index = tantivy.Index(schema())
        for name, analyzer in self._analyzers.items():
            self._index.register_tokenizer(name, analyzer)
        writer = self._index.writer(_HEAP_BYTES, 1)
        for chunk in chunks:
            text = {field_of(languages.get(chunk.document_id, "en")): searched(chunk)}
            writer.add_document(tantivy.Document(id=chunk.id, **text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def dense(self, vector: Vectors, k: int) -> Ranking:
        """The k nearest passages."""
        scores = self._vectors @ vector
        order = np.lexsort((self._ids, -scores))[:k]
        return Ranking(self._ids[order], scores[order].astype(np.float32))

    def keyword(self, query: str, k: int) -> Ranking:
        """The k passages with the best BM25 score."""
        found = terms(query, self._analyzers)
        searcher = self._index.searcher()
        hits = searcher.search(any_of(found, self._index.schema), k).hits if found else []
        ids = searcher.fast_field_values("id", [address for _, address in hits]) if hits else []
        return Ranking(np.array(ids, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32))
