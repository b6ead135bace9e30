"""Where the bytes of a document that was taken in can be read again."""

from __future__ import annotations

from pathlib import Path

from ingest.pipeline import File
from rag.types import DocumentRecord


def original(home: Path, record: DocumentRecord) -> File:
    """The file behind a document: its path or, for an upload, the copy that the home keeps under its hash.

    Where neither exists any more the file is named all the same, and reading it says so.
    """
    path = Path(record.source)
    if path.is_absolute():
        return File(path, record.source)
    kept = sorted((home / "uploads" / record.sha256[:16]).glob("[!.]*"))
    return File(kept[0] if kept else path, record.source)
