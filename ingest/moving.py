"""Moves a library to another embedder: its vectors are made beside the others, then all searches change at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indexes.library import Library
from rag.embedding_text import text_of
from rag.errors import StoreError
from rag.protocols import Embedder
from rag.types import Chunk, Ids

_AT_ONCE = 256
_ROUNDS = 100

Tell = Callable[[int, int], None]
"""(passages embedded, passages in all)."""


def move_to(library: Library, target: Embedder, tell: Tell) -> int:
    """Embed every passage that `target` has not embedded yet, and let searches use it; how many those were.

    What others take in meanwhile is embedded in a further round. A move that is cut off goes on where it was.
    """
    table = library.catalogue.embedders
    number = library.embedder_number(target)
    n_done = 0
    for _ in range(_ROUNDS):
        n_done += embed_missing(library, target, number, tell)
        library.checkpoint_of(target)
        if table.activate(number):
            return n_done
    raise StoreError("documents come in faster than they can be embedded anew: stop the workers and try again")


def embed_missing(library: Library, target: Embedder, number: int, tell: Tell) -> int:
    """Give every passage a vector of `target` from the text that is kept; how many had none."""
    missing = library.catalogue.embedders.without_vector(number)
    for at in range(0, len(missing), _AT_ONCE):
        tell(at, len(missing))
        _embed(library, target, number, missing[at : at + _AT_ONCE])
    tell(len(missing), len(missing))
    return len(missing)


def _embed(library: Library, target: Embedder, number: int, ids: Ids) -> None:
    chunks = list(library.catalogue.chunks(ids.tolist()).values())
    if chunks:
        vectors = target.embed_documents(_texts(chunks))
        library.catalogue.embedders.add_vectors(number, np.array([chunk.id for chunk in chunks]), vectors)


def _texts(chunks: Sequence[Chunk]) -> list[str]:
    return [text_of(chunk) for chunk in chunks]
