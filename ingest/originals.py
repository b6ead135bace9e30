"""Where the bytes of a document that was taken in can be read again."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ingest.pipeline import File
from rag.types import DocumentRecord


def original(home: Path, record: DocumentRecord) -> File:
    """The file behind a document: its path or, for an upload, the copy that the home keeps under its hash.

    Where neither exists any more the file is named all the same, and reading it says so.
    """
    path = _path(record.source)
    if path.is_absolute():
        return File(path, record.source)
    kept = sorted((home / "uploads" / record.sha256[:16]).glob("[!.]*"))
    return File(kept[0] if kept else path, record.source)


def _path(source: str) -> Path:
    """The path that a source was listed for: `\\xff` stands for a byte of its name that is no UTF-8."""
    path = Path(source)
    if "\\x" not in source or path.exists():
        return path
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), source.encode())
    return Path(os.fsdecode(raw))
