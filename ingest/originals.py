"""Where the bytes of a document that was taken in can be read again."""

from __future__ import annotations

import os
import re
from pathlib import Path

from indexes.library import Library
from ingest.files import File
from rag.types import DocumentRecord

_DEEPEST = 20
INSIDE = "!/"
"""Between the source of a file and the name of one that was found inside of it."""


def original(library: Library, record: DocumentRecord) -> File:
    """The file behind a document, as it is listed: see `original_path`."""
    found = library.catalogue.sources.find(record.collection, record.source)
    path = original_path(library.settings.home, record)
    depth = _depth(library, None if found is None else found.container)
    if found is None:
        return File(path, record.source, depth=depth)
    return File(path, record.source, found.container, depth, etag=found.etag, last_modified=found.last_modified)


def _depth(library: Library, container: int | None) -> int:
    """How many files a document lies inside of; its name alone does not tell."""
    n = 0
    while container is not None and n < _DEEPEST:
        n += 1
        container = next((record.container for record in library.catalogue.sources.of_document(container)), None)
    return n


def original_path(home: Path, record: DocumentRecord) -> Path:
    """One of the paths under which a document was found or the copy that the home keeps under its hash.

    Where none of them exists any more it is the first path all the same, and reading it says so.
    """
    paths = [path_of(source) for source in (record.source, *record.also)]
    for path in paths:
        if path.is_absolute() and path.exists():
            return path
    kept = sorted((home / "uploads" / record.sha256[:16]).glob("[!.]*"))
    return kept[0] if kept else paths[0]


def path_of(source: str) -> Path:
    """The path that a source was listed for: `\\xff` stands for a byte of its name that is no UTF-8."""
    path = Path(source)
    if "\\x" not in source or path.exists():
        return path
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), source.encode())
    return Path(os.fsdecode(raw))
