"""Where the bytes of a document that was taken in can be read again."""

from __future__ import annotations

import os
from pathlib import Path

from indexes.library import Library
from ingest.files import File, digest
from ingest.sources import path_of
from rag.types import DocumentRecord


def original(library: Library, record: DocumentRecord) -> File:
    """The file behind a document, as it is listed: see `original_path`."""
    found = library.catalogue.sources.find(record.collection, record.source)
    path = original_path(library.settings.home, record)
    depth = 0 if found is None else len(library.catalogue.sources.holders(found.container))
    if found is None:
        return File(path, record.source, depth=depth)
    return File(path, record.source, found.container, depth, etag=found.etag, last_modified=found.last_modified)


def outermost(library: Library, record: DocumentRecord) -> DocumentRecord | None:
    """The document that a file holds inside of which, at whatever depth, this one was found; None for any other."""
    found = library.catalogue.sources.find(record.collection, record.source)
    holders = [] if found is None else library.catalogue.sources.holders(found.container)
    return library.catalogue.document(holders[-1]) if holders else None


def original_path(home: Path, record: DocumentRecord) -> Path:
    """One of the paths under which a document was found or the copy that the home keeps under its hash.

    Where none of them exists any more it is the first path all the same, and reading it says so.
    """
    return path_on_disk(record) or kept_copy(home, record.sha256) or path_of(record.source)


def path_on_disk(record: DocumentRecord) -> Path | None:
    """The first path under which a document was found that is there; None where there is none."""
    paths = (path_of(source) for source in (record.source, *record.also))
    return next((path for path in paths if path.is_absolute() and is_there(path)), None)


def kept_copy(home: Path, sha256: str) -> Path | None:
    """The copy that the home keeps of a file, whatever its name; None where it keeps none.

    Of several, which the same bytes under several names make, one that is whole.
    """
    copies = sorted((home / "uploads" / sha256[:16]).glob("[!.]*"))
    whole = (copy for copy in copies if is_copy(copy, sha256)) if len(copies) > 1 else iter(copies)
    return next(whole, copies[0] if copies else None)


def is_copy(path: Path, sha256: str) -> bool:
    """Whether a file can be read, and has these bytes."""
    try:
        return digest(path) == sha256
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether a file can be seen: not one that is gone, nor one in a folder that nobody may enter."""
    return os.path.exists(path)
