"""How a VectorIndex outlives its process, and how it follows the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from indexes.catalogue import Catalogue
from rag.protocols import VectorIndex

_AT_ONCE = 10_000
"""Rows read from the catalogue together: 15 MB at 384 dimensions."""

Note = Callable[[str], None]
"""Tells a person one sentence that is no error."""


class VectorKeeper(Protocol):
    """Where an index is kept. All of it is derived from the catalogue, so that in doubt it starts anew."""

    def open(self) -> tuple[VectorIndex, int]:
        """The index as it was kept and the sequence that it has seen; an empty one with 0 where there is none."""
        ...

    def renew(self) -> VectorIndex:
        """An empty index, since what was kept does not agree with the catalogue."""
        ...

    def applied(self, index: VectorIndex, sequence: int) -> None:
        """The index has taken in every change up to this one."""
        ...

    def close(self) -> None:
        """Let go of files and locks."""
        ...


class InMemory:
    """A VectorKeeper that keeps nothing: the index is filled from the catalogue each time."""

    def __init__(self, dim: int) -> None:
        self._dim = dim

    def open(self) -> tuple[VectorIndex, int]:
        """An empty index."""
        return self.renew(), 0

    def renew(self) -> VectorIndex:
        """An empty index."""
        from indexes.faiss_index import FaissIndex

        return FaissIndex(self._dim)

    def applied(self, _index: VectorIndex, _sequence: int) -> None:
        """Nothing is written."""

    def close(self) -> None:
        """Nothing is held."""


def catch_up(index: VectorIndex, catalogue: Catalogue, embedder_id: int, sequence: int) -> int:
    """Bring an index that has seen `sequence` to the catalogue as it is now; the sequence that it has seen then."""
    changes = catalogue.changes(sequence)
    index.remove(changes.removed)
    for at in range(0, len(changes.added), _AT_ONCE):
        index.add(*catalogue.vectors(embedder_id, changes.added[at : at + _AT_ONCE]))
    return changes.sequence
