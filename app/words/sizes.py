"""Sizes of files, and how much is in them, in the language of whoever reads the page."""

from __future__ import annotations

from app.words import spoken, trn
from ingest.sizes import sized


def size(n_bytes: float) -> str:
    """`812 bytes`, `12 kB`, `3.4 MB`."""
    return spoken(sized(n_bytes))


def extent(n_chunks: int, n_members: int = 0) -> str:
    """How much is in a document: `12 passages`, `3 files inside`, or both."""
    passages = trn(n_chunks, "{n} passage", "{n} passages") if n_chunks or not n_members else ""
    inside = trn(n_members, "{n} file inside", "{n} files inside") if n_members else ""
    return ", ".join(filter(None, (passages, inside)))
