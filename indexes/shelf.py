"""The catalogue as a Shelf: which documents there are, their passages in order, and the vectors in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np

from indexes.catalogue import Catalogue
from indexes.queries import NAMES, PASSAGES, scope_bindings
from rag.types import Chunk, Ids, Scope, Vectors
from rag.whole.nouns import DocumentName


class CatalogueShelf:
    """Reads from the catalogue alone. `number` tells which embedder's vectors are in use; it is asked once."""

    def __init__(self, catalogue: Catalogue, number: Callable[[], int], dim: int) -> None:
        self._catalogue = catalogue
        self._asked = number
        self._dim = dim

    @cached_property
    def _number(self) -> int:
        return self._asked()

    def documents(self, scope: Scope) -> Sequence[DocumentName]:
        """The documents in the scope that have passages, oldest first."""
        return [DocumentName(*row) for row in self._catalogue.database.rows(NAMES, scope_bindings(scope))]

    def passages(self, scope: Scope) -> Ids:
        """Document after document, each in the order of its text."""
        return self._catalogue.database.ids(PASSAGES, scope_bindings(scope))

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        """The chunks that exist among these ids."""
        return self._catalogue.chunks(ids)

    def vectors(self, ids: Ids) -> Vectors:
        """In the order of the ids; zeros where there is none."""
        known, rows = self._catalogue.vectors(self._number, np.unique(ids))
        found = np.zeros((len(ids), self._dim), dtype=np.float32)
        if len(known):
            places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
            is_there = known[places] == ids
            found[is_there] = rows[places[is_there]]
        return found
