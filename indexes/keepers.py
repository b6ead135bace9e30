"""Which keeper a setting means, and what each does at the end of an ingest run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from indexes.catalogue import Catalogue
from indexes.ownership import Ownership, holder
from indexes.vector_keeper import InMemory, Note, VectorKeeper
from rag.settings import Settings

if TYPE_CHECKING:
    from indexes.chroma_folder import ChromaFolder
    from indexes.generation import Generations


class Made(Protocol):
    """By what vectors were made: an embedder, or what the catalogue knows of one."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def dim(self) -> int: ...


def open_keeper(settings: Settings, catalogue: Catalogue, embedder: Made, note: Note) -> VectorKeeper:
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


def missing_folder(settings: Settings, catalogue: Catalogue, embedder: Made) -> Path | None:
    """The folder where a kept index should be and is not; None also where none was written yet, or can be."""
    if settings.index == "faiss":
        folder = _generations(catalogue, embedder, lambda _text: None).folder()
    elif catalogue.database.is_read_only:
        return None
    else:
        from indexes.chroma_folder import RECORD

        kept = _chroma_folder(catalogue, embedder)
        folder = kept / "index" if (kept / RECORD).exists() else None
    return None if folder is None or folder.exists() else folder


@contextmanager
def looked_into(settings: Settings, catalogue: Catalogue, embedder: Made, note: Note) -> Iterator[VectorKeeper | None]:
    """The keeper that the settings name, over a copy where it writes when it opens; None while Chroma's folder is
    another process's."""
    if settings.index == "faiss" or catalogue.database.is_read_only:
        yield open_keeper(settings, catalogue, embedder, note)
        return
    with tempfile.TemporaryDirectory(prefix="footnote-") as apart:
        owner = _copied(_chroma_folder(catalogue, embedder), Path(apart) / "chroma")
        if owner is None:
            yield None
            return
        with closing(_chroma(owner, catalogue, embedder, note)) as keeper:
            yield keeper


def _copied(folder: Path, copy: Path) -> Ownership | None:
    """The copy of a folder; None while that is another process's."""
    owner = Ownership.take(folder)
    if owner is None:
        return None
    shutil.copytree(folder, copy)
    owner.release()
    return Ownership.take(copy)


def checkpoint(settings: Settings, catalogue: Catalogue, embedder: Made, note: Note, *, is_anew: bool = False) -> None:
    """Write down what the next process would otherwise work out again, unless another process is at it.

    `is_anew`: whatever is written down already.
    """
    known = catalogue.embedders.canaries(embedder.fingerprint)
    if known is None:
        return
    if settings.index == "faiss":
        generations = _generations(catalogue, embedder, note)
        if is_anew or generations.is_due():
            generations.checkpoint(known[0], is_anew=is_anew)
    elif owner := Ownership.take(_chroma_folder(catalogue, embedder)):
        _chroma(owner, catalogue, embedder, note).checkpoint(catalogue, known[0])


def _generations(catalogue: Catalogue, embedder: Made, note: Note) -> Generations:
    from indexes.generation import Generations

    return Generations(catalogue, embedder.fingerprint, embedder.dim, note)


def _chroma(owner: Ownership, catalogue: Catalogue, embedder: Made, note: Note) -> ChromaFolder:
    from indexes.chroma_folder import ChromaFolder

    return ChromaFolder(owner, catalogue.identity(), embedder.dim, note)


def _chroma_folder(catalogue: Catalogue, embedder: Made) -> Path:
    return catalogue.home / "chroma" / sha256(embedder.fingerprint.encode()).hexdigest()[:16]
