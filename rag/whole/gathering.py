"""Reads passages in batches: all there are, evenly spread ones of too many, or those that match."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Shelf
from rag.types import Chunk, Ids, Vectors
from rag.whole.nouns import PassagesRead

BATCH = 64
MOST_READ = 2_000
"""Passages that a summary reads; of more it reads evenly spread ones."""
MOST_NEAR = 512
"""Passages that are looked through for a topic."""
PATIENCE = 2
"""Batches without a match after which no more is looked for."""

Matches = Callable[[Sequence[Chunk], Vectors], NDArray[np.bool_]]
"""Which of these passages, with their vectors, speak of what is looked for."""


@dataclass(slots=True)
class Passages:
    """Passages that were read and are kept, with their vectors, in the order they were read."""

    chunks: list[Chunk] = field(default_factory=list)
    rows: list[Vectors] = field(default_factory=list)
    n_read: int = 0

    def keep(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Add a batch."""
        self.chunks += chunks
        self.rows += list(vectors)

    @property
    def vectors(self) -> Vectors:
        """Shape [n, dim]."""
        return np.array(self.rows, dtype=np.float32) if self.rows else np.zeros((0, 1), np.float32)


def spread(ids: Ids, most: int) -> Ids:
    """All of them, or `most` evenly spread ones, the first and the last among them."""
    if len(ids) <= most:
        return ids
    return ids[np.linspace(0, len(ids) - 1, most).round().astype(np.int64)]


def read_all(
    shelf: Shelf, ids: Ids, *, before: int = 0, total: int | None = None
) -> Generator[PassagesRead, None, Passages]:
    """Every one of them. `before` were read for the same answer already, of `total`."""
    found = Passages()
    for chunks, vectors in _batches(shelf, ids):
        found.keep(chunks, vectors)
        found.n_read += len(chunks)
        yield PassagesRead(before + found.n_read, max(before + found.n_read, total or len(ids)))
    return found


def read_matching(  # noqa: PLR0913 - how far it reads
    shelf: Shelf, ids: Ids, matches: Matches, *, patience: int = PATIENCE, before: int = 0, total: int | None = None
) -> Generator[PassagesRead, None, Passages]:
    """Those that match, until so many batches in a row hold none."""
    found = Passages()
    n_vain = 0
    for chunks, vectors in _batches(shelf, ids):
        are = matches(chunks, vectors)
        found.keep([chunk for chunk, is_one in zip(chunks, are, strict=True) if is_one], vectors[are])
        found.n_read += len(chunks)
        yield PassagesRead(before + found.n_read, max(before + found.n_read, total or len(ids)))
        n_vain = 0 if are.any() else n_vain + 1
        if n_vain == patience:
            break
    return found


def _batches(shelf: Shelf, ids: Ids) -> Generator[tuple[list[Chunk], Vectors], None, None]:
    """Passages that are gone meanwhile are left out."""
    for at in range(0, len(ids), BATCH):
        part = ids[at : at + BATCH]
        known = shelf.chunks(part.tolist())
        there = np.array([number for number in part.tolist() if number in known], dtype=np.int64)
        if len(there):
            yield [known[number] for number in there.tolist()], shelf.vectors(there)
