"""What a copy of a catalogue tells, and what is taken out of it before it is handed on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from indexes.catalogue_file import own_connection, read_only_connection
from indexes.sqlite_errors import translated


def places(path: Path) -> list[tuple[int, str, str, bool]]:
    """(document, its SHA-256, a source of it, whether that is inside of another file), for every source."""
    sql = """SELECT d.id, d.sha256, s.source, s.container_id IS NOT NULL
        FROM documents d JOIN sources s ON s.document_id = d.id ORDER BY d.id, s.source"""
    with translated(), closing(read_only_connection(path)) as copy:
        return [(number, sha256, source, bool(is_inside)) for number, sha256, source, is_inside in copy.execute(sql)]


def needed(path: Path) -> tuple[set[str], list[str]]:
    """The SHA-256 of every document, and the path of every file in the list of jobs."""
    with translated(), closing(read_only_connection(path)) as copy:
        documents = {sha256 for (sha256,) in copy.execute("SELECT sha256 FROM documents")}
        return documents, [job for (job,) in copy.execute("SELECT path FROM jobs")]


def forget_removed(path: Path) -> set[str]:
    """Take out and overwrite what could be put back; the SHA-256 of the originals that were kept for that."""
    with translated(), closing(own_connection(path)) as copy:
        kept = {sha256 for (sha256,) in copy.execute("SELECT sha256 FROM removed WHERE is_kept")}
        copy.execute("DELETE FROM removed")
        return kept
