"""Exact cosine search over unit vectors with FAISS, kept in memory and saved as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from indexes.vector_rules import checked
from rag.errors import IndexMismatch, StoreError
from rag.types import Ids, Ranking, Vectors

_COMPACT_AT = 0.2  # share of removed rows at which they are really taken out
_MOST_KEPT = 32


class FaissIndex:
    """A VectorIndex of `dim` dimensions. One thread may change it while no other searches."""

    def __init__(self, dim: int) -> None:
        import faiss

        self.dim = dim
        self._faiss: Any = faiss  # its stubs do not know the arrays that its Python layer takes
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._live: set[int] = set()
        self._selected: list[tuple[Ids, int, Any]] = []

    def __len__(self) -> int:
        return len(self._live)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Insert or replace rows [n, dim]; raises IndexMismatch for another dimension or values not finite."""
        checked(vectors, len(ids), self.dim)
        known = [i for i in ids.tolist() if i in self._live]
        if known:
            self._take_out(known)
        last = dict(zip(ids.tolist(), range(len(ids)), strict=True))  # of an id given twice, the last row counts
        rows = list(last.values())
        self._index.add_with_ids(np.ascontiguousarray(vectors[rows]), np.ascontiguousarray(ids[rows]))
        self._live.update(last)
        self._selected.clear()

    def remove(self, ids: Ids) -> None:
        """Forget these ids; their rows are skipped by every later search and taken out when there are many."""
        self._live.difference_update(ids.tolist())
        self._selected.clear()
        if self._index.ntotal - len(self._live) > _COMPACT_AT * self._index.ntotal:
            stored = self._faiss.vector_to_array(self._index.id_map)
            self._take_out([i for i in stored.tolist() if i not in self._live])

    def _take_out(self, ids: list[int]) -> None:
        self._index.remove_ids(np.array(ids, dtype=np.int64))
        self._live.difference_update(ids)

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Ranking:
        """The nearest of the live (and allowed) rows, at most k."""
        n, options = self._within(allowed)
        k = min(k, n)
        if k <= 0:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        checked(vector[None], 1, self.dim)
        query = np.ascontiguousarray(vector[None] / np.linalg.norm(vector), dtype=np.float32)
        # One thread, set for the thread that asks: on two shared cores FAISS's threads wait for each other, and one
        # question among 5,000 vectors took 7.9 ms instead of .3, among 100,000 it took 50 instead of 9.
        self._faiss.omp_set_num_threads(1)
        scores, ids = self._index.search(query, k, params=options)
        return Ranking(ids[0], np.clip(scores[0], -1, 1))

    def _within(self, allowed: Ids | None) -> tuple[int, Any]:
        """How many rows are searched, and by what FAISS tells them. It is kept for an array that comes again: of 95,000
        ids it takes twice as long to make as the search."""
        for known, n, options in self._selected:
            if known is allowed:
                return n, options
        wanted = self._live if allowed is None else self._live.intersection(allowed.tolist())
        options = None if len(wanted) in {0, self._index.ntotal} else self._only(wanted)
        if allowed is not None:
            self._selected = [(allowed, len(wanted), options), *self._selected[: _MOST_KEPT - 1]]
        return len(wanted), options

    def _only(self, ids: set[int]) -> Any:  # noqa: ANN401  FAISS ships no types
        bits = np.zeros(max(ids) // 8 + 1, dtype=np.uint8)
        numbers = np.fromiter(ids, dtype=np.int64, count=len(ids))
        np.bitwise_or.at(bits, numbers >> 3, np.left_shift(1, numbers & 7).astype(np.uint8))
        return self._faiss.SearchParameters(sel=self._faiss.IDSelectorBitmap(bits))

    def save(self, path: Path) -> None:
        """Write the live rows to one file; raises StoreError where it cannot be written."""
        stored = self._faiss.vector_to_array(self._index.id_map)
        self._take_out([i for i in stored.tolist() if i not in self._live])
        try:
            self._faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            reason = str(error).rpartition(": ")[2]
            raise StoreError(
                f"the vector index cannot be written to {path.parent} ({reason}): make room there; searches go on with "
                "what there is"
            ) from error

    @classmethod
    def open(cls, path: Path, dim: int) -> FaissIndex:
        """Read what `save` wrote; raises IndexMismatch for another dimension. Check the file's hash first."""
        index = cls(dim)
        index._index = index._faiss.read_index(str(path))
        if index._index.d != dim:
            raise IndexMismatch(f"{path} holds {index._index.d} dimensions, not {dim}: run `python -m ingest reindex`")
        index._live = set(index._faiss.vector_to_array(index._index.id_map).tolist())
        return index
