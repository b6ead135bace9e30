"""Which documents were read with other settings than those of now or by an earlier version, and what has changed."""

from __future__ import annotations

from collections.abc import Sequence

from indexes.dense import tokenizer_id
from indexes.library import Library
from ingest.cutting import EARLIER, Wanted, difference
from rag.types import DocumentRecord

Stale = Sequence[tuple[DocumentRecord, str]]
"""Documents with what has changed since they were read."""


def wanted(library: Library) -> Wanted:
    """How a document would be read now, by the embedder that the settings name, or where that cannot be opened by the
    one of the documents."""
    active = library.catalogue.embedders.active()
    if active is None:
        return Wanted(library.settings, tokenizer_id(library.configured))
    if not is_moving(library) and active.tokenizer:
        return Wanted(library.settings, active.tokenizer)
    return Wanted(library.settings, library.of_configured(tokenizer_id, active) or active.tokenizer)


def stale_documents(library: Library) -> Stale:
    """Documents with what has changed since they were read: parser, chunker, tokenizer, embedder, format."""
    if not (records := library.catalogue.documents()):
        return []  # an embedder is no matter yet
    now = wanted(library)
    moves = is_moving(library)
    found = []
    for record in records:
        if why := _why(record, now, moves=moves):
            found.append((record, why))
    return found


def why_stale(library: Library, record: DocumentRecord) -> str:
    """What has changed since one document was read; empty where nothing has."""
    return _why(record, wanted(library), moves=is_moving(library))


def _why(record: DocumentRecord, now: Wanted, *, moves: bool) -> str:
    current = now.fingerprint(record.media_type, record.options)
    why = difference(record.fingerprint, current) if record.fingerprint != current else ""
    return ", ".join(part for part in (why, "embedder" if moves and record.n_chunks else "") if part)


def told_stale(library: Library, collection: str) -> str:
    """A line for who adds files: documents of before that stay as they were read; empty where all are as they would be.

    It costs as much as there are ways in which documents were read, and loads no model.
    """
    ways = library.catalogue.sources.ways_read(collection)
    now = Wanted(library.settings, library.tokenizer_id() if ways else "")
    n_earlier = n_otherwise = 0
    for media_type, options, was, n in ways:
        if (current := now.fingerprint(media_type, options)) != was:
            is_earlier = difference(was, current) == EARLIER
            n_earlier, n_otherwise = n_earlier + n * is_earlier, n_otherwise + n * (not is_earlier)
    said = [
        f"{n} {'document was' if n == 1 else 'documents were'} read {how}"
        for n, how in ((n_otherwise, "with other settings than those of now"), (n_earlier, "by an earlier version"))
        if n
    ]
    return f"stale: {', '.join(said)}; `python -m ingest reindex` redoes that" if said else ""


def is_moving(library: Library) -> bool:
    """Whether the settings name another embedder than the one that the documents have been embedded by."""
    active = library.catalogue.embedders.active()
    if active is None:
        return False
    configured = library.of_configured(lambda embedder: embedder.fingerprint, active)
    return configured not in ("", active.fingerprint)  # to one that cannot be opened nothing can be moved
