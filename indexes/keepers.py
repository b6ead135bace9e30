"""Which keeper a setting means, and what each does at the end of an ingest run."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from indexes.catalogue import Catalogue
from indexes.ownership import Ownership, holder
from indexes.vector_keeper import InMemory, Note, VectorKeeper
from rag.protocols import Embedder
from rag.settings import Settings

if TYPE_CHECKING:
    from indexes.chroma_folder import ChromaFolder
    from indexes.generation import Generations


def open_keeper(settings: Settings, catalogue: Catalogue, embedder: Embedder, note: Note) -> VectorKeeper:
    """The keeper that the settings name; for Chroma that is another process's or cannot be written, the catalogue's
    vectors in memory."""
    if settings.index == "faiss":
        return _generations(catalogue, embedder, note)
    if catalogue.database.is_read_only:  # Chroma writes whenever it opens
        return InMemory(embedder.dim)
    folder = _chroma_folder(catalogue, embedder)
    owner = Ownership.take(folder)
    if owner is None:
        note(
            f"the Chroma index belongs to process {holder(folder) or 'unknown'}, and Chroma loses vectors when two "
            "share it: this one searches the catalogue's vectors exactly instead"
        )
        return InMemory(embedder.dim)
    return _chroma(owner, catalogue, embedder, note)


def checkpoint(settings: Settings, catalogue: Catalogue, embedder: Embedder, note: Note) -> None:
    """Write down what the next process would otherwise work out again, unless another process is at it."""
    known = catalogue.embedders.canaries(embedder.fingerprint)
    if known is None:
        return
    if settings.index == "faiss":
        generations = _generations(catalogue, embedder, note)
        if generations.is_due():
            generations.checkpoint(known[0])
    elif owner := Ownership.take(_chroma_folder(catalogue, embedder)):
        _chroma(owner, catalogue, embedder, note).checkpoint(catalogue, known[0])


def _generations(catalogue: Catalogue, embedder: Embedder, note: Note) -> Generations:
    from indexes.generation import Generations

    return Generations(catalogue, embedder.fingerprint, embedder.dim, note)


def _chroma(owner: Ownership, catalogue: Catalogue, embedder: Embedder, note: Note) -> ChromaFolder:
    from indexes.chroma_folder import ChromaFolder

    return ChromaFolder(owner, catalogue.identity(), embedder.dim, note)


def _chroma_folder(catalogue: Catalogue, embedder: Embedder) -> Path:
    return catalogue.home / "chroma" / sha256(embedder.fingerprint.encode()).hexdigest()[:16]
