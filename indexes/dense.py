"""Dense search over the catalogue's vectors of one embedder, in whichever VectorIndex is configured."""

from __future__ import annotations

import threading
from functools import lru_cache
from hashlib import sha256

import numpy as np

from indexes.catalogue import Catalogue
from indexes.chunk_places import ChunkPlaces
from indexes.vector_keeper import VectorKeeper, catch_up
from rag.errors import IndexMismatch
from rag.protocols import Embedder, VectorIndex
from rag.types import Ids, Ranking, Scope, Vectors

CANARIES = ("The quick brown fox jumps over the lazy dog.", "Umsatz 2023: 4,5 Mio. EUR", "日本の首都は東京です。", "x")
"""Texts whose vectors are kept with an embedder: another model behind the same name gives itself away."""

_SAME_MODEL = 0.99


_PROBE = "Überprüfung naïve 1,234.56 €/km² don't re-ingest_all.py ΑΒΓ 東京 🙂 antidisestablishmentarianism x=y+z"
"""Tokenizers that split this alike count alike."""


def tokenizer_id(embedder: Embedder) -> str:
    """Tells tokenizers apart that count differently: chunks that one has measured fit the models of that one alone."""
    return sha256(embedder.tokenizer.offsets(_PROBE).tobytes()).hexdigest()[:8]


def embedder_id(catalogue: Catalogue, embedder: Embedder) -> int:
    """The catalogue's number for an embedder, its canaries compared; raises IndexMismatch when they differ."""
    known = catalogue.embedders.canaries(embedder.fingerprint)
    if known is None:
        canaries = embedder.embed_documents(CANARIES)
        facts = (embedder.fingerprint, embedder.name, embedder.dim, canaries, tokenizer_id(embedder))
        return catalogue.embedders.register(*facts)
    number, vectors = known
    if float((embedder.embed_documents(CANARIES) * vectors).sum(axis=1).min()) < _SAME_MODEL:
        raise IndexMismatch(
            f"the model behind {embedder.name!r} is not the one that embedded these documents: "
            "run `python -m ingest reindex`"
        )
    return number


class DenseSearcher:
    """A Searcher by meaning. Threads may share it; each process has its own."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder, keeper: VectorKeeper) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._keeper = keeper
        self._index: VectorIndex | None = None
        self._number = 0
        self._sequence = 0
        self._lock = threading.RLock()
        self._places = ChunkPlaces(catalogue)
        self._scoped = lru_cache(maxsize=32)(self._chunk_ids)
        self._query = lru_cache(maxsize=256)(embedder.embed_query)

    def refresh(self) -> None:
        """Take in what the catalogue has done since."""
        with self._lock:
            if self._sequence == self._catalogue.sequence():
                return
            index = self._open() if self._index is None else self._index
            self._follow(index)
            if self._index is None and self._disagrees(index):
                index, self._sequence = self._keeper.renew(), 0
                self._follow(index)
            self._index = index
            self._scoped.cache_clear()

    def _open(self) -> VectorIndex:
        self._number = embedder_id(self._catalogue, self._embedder)
        index, self._sequence = self._keeper.open()
        return index

    def _follow(self, index: VectorIndex) -> None:
        sequence = catch_up(index, self._catalogue, self._number, self._sequence)
        if sequence != self._sequence:
            self._keeper.applied(index, sequence)
            self._sequence = sequence

    def _disagrees(self, index: VectorIndex) -> bool:
        """Whether an index that has seen everything holds another number of rows than the catalogue has chunks."""
        n_chunks = self._catalogue.n_chunks()
        return len(index) != n_chunks and self._sequence == self._catalogue.sequence()

    def search(self, query: str, k: int, scope: Scope) -> Ranking:
        """The k chunks whose vectors are nearest to the query's."""
        return self.near(self._query(query), k, scope)

    def near(self, vector: Vectors, k: int, scope: Scope) -> Ranking:
        """The k chunks whose vectors are nearest to this one, shape [dim]."""
        with self._lock:
            self.refresh()
            if self._index is None:
                return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
            allowed = None if scope == Scope() else self._scoped(scope)
            return self._index.search(vector, k, allowed)

    def forget(self) -> None:
        """Embed anew what is searched for next."""
        self._query.cache_clear()

    def renew(self) -> None:
        """Build the index anew from the catalogue."""
        with self._lock:
            self._number = embedder_id(self._catalogue, self._embedder)
            self._index, self._sequence = self._keeper.renew(), 0
            self._follow(self._index)

    def _chunk_ids(self, scope: Scope) -> Ids:
        return self._catalogue.chunk_ids(scope) if scope.documents else self._places.within(scope)

    def close(self) -> None:
        """Let go of the index's files."""
        with self._lock:
            self._keeper.close()
