"""Cosine search with Chroma's embedded database, in a folder that one process owns.

Chroma's own promise ends at the process: two that write lose vectors without a word, and one that only reads goes on
returning what was deleted (measured with 1.5.9). A damaged graph file makes it crash or forget. So the folder is opened
only by its owner, and only when its files are byte for byte what they were after the last change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexes.vector_rules import checked
from rag.types import Ids, Ranking, Vectors

_GRAPH = {"space": "cosine", "ef_construction": 128, "ef_search": 256, "max_neighbors": 24}
"""Wide enough that the 200 nearest of 20,000 rows are nearly all found; the defaults miss one in ten of those."""


class ChromaIndex:
    """A VectorIndex of `dim` dimensions, nearly exact. One thread may change it while no other searches."""

    def __init__(self, folder: Path, dim: int) -> None:
        self.dim = dim
        self._client = _client(folder)
        self._rows = self._client.get_or_create_collection(
            "chunks", embedding_function=None, configuration={"hnsw": _GRAPH}
        )
        self._at_once = self._client.get_max_batch_size()
        self._live = {int(row) for row in self._rows.get(include=[])["ids"]}

    def __len__(self) -> int:
        return len(self._live)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Insert or replace rows [n, dim]; raises IndexMismatch for another dimension or values not finite."""
        checked(vectors, len(ids), self.dim)
        last = dict(zip(ids.tolist(), range(len(ids)), strict=True))  # of an id given twice, the last row counts
        for part in self._parts(list(last)):
            self._rows.upsert(ids=_names(part), embeddings=vectors[[last[i] for i in part]])
            self._live.update(part)

    def remove(self, ids: Ids) -> None:
        """Forget these ids."""
        for part in self._parts([i for i in dict.fromkeys(ids.tolist()) if i in self._live]):
            self._rows.delete(ids=_names(part))
            self._live.difference_update(part)

    def _parts(self, ids: Sequence[int]) -> Iterator[Sequence[int]]:
        return (ids[at : at + self._at_once] for at in range(0, len(ids), self._at_once))

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Ranking:
        """The nearest of the live (and allowed) rows, at most k."""
        wanted = self._live if allowed is None else self._live.intersection(allowed.tolist())
        k = min(k, len(wanted))
        if k <= 0:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        checked(vector[None], 1, self.dim)
        only = None if len(wanted) == len(self._live) else _names(wanted)  # an id that it does not know is an error
        found = self._rows.query(query_embeddings=vector[None], n_results=k, ids=only, include=["distances"])
        scores = 1 - np.array(found["distances"][0], dtype=np.float32)
        return Ranking(np.array([int(i) for i in found["ids"][0]], dtype=np.int64), np.clip(scores, -1, 1))

    def close(self) -> None:
        """Let go of the files; the index cannot be used any more."""
        self._client.close()


def _names(ids: Sequence[int] | set[int]) -> list[str]:
    return [str(i) for i in ids]


def _client(folder: Path) -> Any:  # noqa: ANN401  its types lack `close` and the configuration as it takes it
    import chromadb
    from chromadb.config import Settings

    # Left to itself it would read its settings from the environment and a .env file, and report to its makers.
    settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
    return chromadb.PersistentClient(str(folder), settings)
