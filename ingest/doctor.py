"""Compares the catalogue with what is derived from it, and names every difference."""

from __future__ import annotations

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
    return [_catalogue(library), _spans(library), _vectors(library), _keyword(library)]


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
