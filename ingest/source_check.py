"""Whether every document stands among the sources under its own name, and every source has a document."""

from __future__ import annotations

from indexes.database import Database
from indexes.library import Library
from indexes.terminal import first_of
from ingest.finding import Finding
from ingest.sources import INSIDE
from rag.types import counted

_UNLISTED = """SELECT d.id, d.collection_id, d.source, d.size FROM documents d LEFT JOIN sources s
    ON s.collection_id = d.collection_id AND s.source = d.source AND s.document_id = d.id WHERE s.source IS NULL"""
_STRAYS = "SELECT source FROM sources WHERE document_id NOT IN (SELECT id FROM documents)"


def sources(library: Library) -> Finding:
    """Both ways; the first names are told."""
    database = library.catalogue.database
    unlisted, strays = [row[2] for row in database.rows(_UNLISTED)], [row[0] for row in database.rows(_STRAYS)]
    said = [f"{counted(len(unlisted), 'document')} not listed under a source: {first_of(unlisted)}"] if unlisted else []
    said += [f"{counted(len(strays), 'source')} without a document: {first_of(strays)}"] if strays else []
    return Finding("sources", not said, "; ".join(said) or "every document has its own", _mend if said else None)


def _mend(library: Library) -> str:
    database = library.catalogue.database
    with database.writing():
        strays = database.rows(_STRAYS.replace("SELECT source", "DELETE") + " RETURNING source")
        n_listed = fill_sources(database)
    return f"{counted(n_listed, 'document')} listed again, {counted(len(strays), 'source')} without a document deleted"


def fill_sources(database: Database) -> int:
    """List each document under its own source that is not; how many. They get times that no file has, so that the next
    look reads their bytes."""
    known = {row[:2]: row[2] for row in database.rows("SELECT collection_id, source, id FROM documents")}
    rows = database.rows(_UNLISTED)
    holders = [known.get((collection, source.rpartition(INSIDE)[0])) for _, collection, source, _ in rows]
    sql = """INSERT OR REPLACE INTO sources
        (document_id, collection_id, source, size, modified_ns, changed_ns, container_id)
        VALUES (?, ?, ?, ?, 0, 0, ?)"""
    database.execute_many(sql, [(*row, holder) for row, holder in zip(rows, holders, strict=True)])
    return len(rows)
