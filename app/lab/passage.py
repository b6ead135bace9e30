"""One passage from within: what was embedded of it, how it meets a question, and what lies beside and near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.wiring import Workspace
from indexes.keyword_index import WordShare
from rag.embedding_text import text_of
from rag.selection import is_same
from rag.types import Chunk, Hit, Scope

_NEAR = 5
"""Nearest passages that are shown."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A passage and how it meets a question."""

    chunk: Chunk
    embedded: str
    """What the embedder has read of it."""
    n_tokens: int
    """Of its own text."""
    n_embedded: int
    """Of what the embedder has read; it takes `max_tokens`."""
    max_tokens: int
    n_passages: int
    """Of its document."""
    before: Chunk | None
    after: Chunk | None
    words: Sequence[WordShare]
    """None of them without a question."""
    cosine: float | None
    """To the question; None without one, and where the passage has no vector."""
    near: Sequence[tuple[Hit, bool]]
    """The nearest passages of the collection by meaning, and whether each says nearly the same."""

    @property
    def keyword_score(self) -> float:
        """The score of keyword search."""
        return sum(one.score for one in self.words)


def inspect(workspace: Workspace, chunk: Chunk, searched: str, allowed: frozenset[str] | None = None) -> Inspected:
    """`searched`: the text that passages were searched by; empty where nothing was asked. `allowed`: the collections
    whose passages count where it is told how many have a word."""
    library = workspace.library
    embedder, siblings = library.embedder, library.catalogue.chunks_of(chunk.document_id)
    place = next((n for n, one in enumerate(siblings) if one.id == chunk.id), 0)
    embedded = text_of(chunk)
    vector = workspace.shelf.vectors(np.array([chunk.id], dtype=np.int64))[0]
    has_vector = bool(vector.any())
    return Inspected(
        chunk=chunk,
        embedded=embedded,
        n_tokens=len(embedder.tokenizer.offsets(chunk.text)),
        n_embedded=len(embedder.tokenizer.offsets(embedded)),
        max_tokens=embedder.max_tokens,
        n_passages=len(siblings),
        before=siblings[place - 1] if place else None,
        after=siblings[place + 1] if place + 1 < len(siblings) else None,
        words=library.keyword.shares(searched, chunk, allowed) if searched else (),
        cosine=float(embedder.embed_query(searched) @ vector) if searched and has_vector else None,
        near=_near(workspace, chunk, vector) if has_vector else (),
    )


def _near(workspace: Workspace, chunk: Chunk, vector: np.ndarray) -> list[tuple[Hit, bool]]:
    library = workspace.library
    found = library.dense.near(vector, _NEAR + 1, Scope((chunk.collection,)))
    chunks = library.catalogue.chunks(found.ids.tolist())
    scored = zip(found.ids.tolist(), found.scores.tolist(), strict=True)
    hits = [Hit(chunks[i], score, "dense") for i, score in scored if i in chunks and i != chunk.id]
    return [(hit, is_same(hit.chunk.text, chunk.text)) for hit in hits[:_NEAR]]
