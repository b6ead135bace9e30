"""What a copy of a catalogue tells while nothing is changed in it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from indexes.catalogue_file import read_only_connection
from indexes.sqlite_errors import translated


def places(path: Path) -> list[tuple[int, str, str, bool]]:
    """(document, its SHA-256, a source of it, whether that is inside of another file), for every source."""
    sql = """SELECT d.id, d.sha256, s.source, s.container_id IS NOT NULL
        FROM documents d JOIN sources s ON s.document_id = d.id ORDER BY d.id, s.source"""
    with translated(), closing(read_only_connection(path)) as copy:
        return [(number, sha256, source, bool(is_inside)) for number, sha256, source, is_inside in copy.execute(sql)]
