"""A collection's embeddings as points of a plane, with a question and what it found among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.lab.projection import Plane, plane_of
from rag.protocols import Embedder, Shelf
from rag.types import Chunk, Scope
from rag.whole.gathering import spread

MOST = 2_000
"""Passages that are drawn: of more, evenly spread ones."""
_COLOURED = 6
"""Documents with a colour of their own; the rest share one."""
_WORDS = 90
"""Characters of a passage that its point shows."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """What is drawn of one collection, whatever is asked."""

    plane: Plane
    ids: tuple[int, ...]
    places: NDArray[np.float32]
    """Of the passages, shape [n, 2]."""
    documents: tuple[int, ...]
    """Of each passage the number of its document."""
    words: tuple[str, ...]
    """How each passage begins."""
    names: Mapping[int, Chunk]
    """Document -> one passage of it, which knows its title and source."""
    n_all: int
    """Passages of the collection."""

    @property
    def coloured(self) -> list[int]:
        """The documents with the most points, most first."""
        counts = Counter(self.documents)
        return sorted(counts, key=lambda one: (-counts[one], one))[:_COLOURED]


def embeddings(shelf: Shelf, collection: str) -> Embeddings:
    """The plane of a collection and its points; at most `MOST` passages are read at once."""
    every = shelf.passages(Scope((collection,)))
    ids = spread(every, MOST)
    chunks = shelf.chunks(ids.tolist())
    vectors = shelf.vectors(ids)
    is_drawn = np.array([i in chunks for i in ids.tolist()], dtype=bool) & vectors.any(axis=1)
    ids, vectors = ids[is_drawn], vectors[is_drawn]
    plane = plane_of(vectors)
    shown = [chunks[i] for i in ids.tolist()]
    return Embeddings(
        plane=plane,
        ids=tuple(ids.tolist()),
        places=plane.places(vectors),
        documents=tuple(chunk.document_id for chunk in shown),
        words=tuple(beginning(chunk) for chunk in shown),
        names={chunk.document_id: chunk for chunk in shown},
        n_all=len(every),
    )


def beginning(chunk: Chunk, longest: int = _WORDS) -> str:
    """The first words of a passage on one line."""
    line = " ".join(chunk.text.lstrip()[: 3 * longest].split())
    return line if len(line) <= longest else line[:longest].rsplit(" ", 1)[0] + " …"


def question_place(drawn: Embeddings, embedder: Embedder, text: str) -> tuple[float, float]:
    """Where a question lies in the plane."""
    ((across, up),) = drawn.plane.places(embedder.embed_query(text)[None]).tolist()
    return across, up


def hit_places(drawn: Embeddings, shelf: Shelf, ids: Sequence[int]) -> list[tuple[float, float]]:
    """Where passages lie in the plane, drawn as points or not."""
    found = drawn.plane.places(shelf.vectors(np.array(ids, dtype=np.int64))) if ids else np.zeros((0, 2))
    return [(across, up) for across, up in found.tolist()]
