"""Compares the catalogue with what is derived from it, and names every difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from indexes.library import Library
from rag.errors import FootnoteError
from rag.types import Scope


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool
    text: str


def examine(library: Library) -> list[Finding]:
    """Findings about the catalogue, its vectors and each index, in that order."""
    return [_looked_at(name, look, library) for name, look in _LOOKS.items()]


def _looked_at(name: str, look: Callable[[Library], Finding], library: Library) -> Finding:
    """What cannot be looked at is a finding, too."""
    try:
        return look(library)
    except (FootnoteError, OSError, ValueError) as error:
        return Finding(name, False, str(error))


def _catalogue(library: Library) -> Finding:
    verdict = library.catalogue.check()
    return Finding("catalogue", verdict == "ok", f"SQLite says {verdict}")


def _spans(library: Library) -> Finding:
    catalogue = library.catalogue
    wrong = []
    for record in catalogue.documents():
        text, chunks = catalogue.text(record.id), catalogue.chunks_of(record.id)
        if len(chunks) != record.n_chunks or any(text[c.start : c.end] != c.text for c in chunks):
            wrong.append(record.id)
    said = (
        "every chunk is its span" if not wrong else f"documents {wrong[:20]} disagree with their chunks; add them again"
    )
    return Finding("chunks", not wrong, said)


def _vectors(library: Library) -> Finding:
    try:
        ids = library.catalogue.chunk_ids(Scope())
        kept, _ = library.catalogue.vectors(library.embedder_id, ids)
    except FootnoteError as error:
        return Finding("vectors", False, str(error))
    missing = len(np.setdiff1d(ids, kept))
    cure = f"{missing} chunks have no vector of {library.embedder.name}: run `python -m ingest reindex`"
    return Finding("vectors", not missing, cure if missing else f"all {len(ids)} chunks have one")


def _keyword(library: Library) -> Finding:
    expected = np.sort(library.catalogue.chunk_ids(Scope()))
    indexed = np.sort(library.keyword.ids())
    good = np.array_equal(expected, indexed)
    said = f"all {len(expected)} chunks are in it" if good else "it disagrees with the catalogue: remove its folder"
    return Finding("keyword index", good, said)


_LOOKS: dict[str, Callable[[Library], Finding]] = {
    "catalogue": _catalogue,
    "chunks": _spans,
    "vectors": _vectors,
    "keyword index": _keyword,
}
