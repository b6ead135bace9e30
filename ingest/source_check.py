"""Whether every document stands among the sources under its own name, and every source has a document."""

from __future__ import annotations

from collections.abc import Sequence

from indexes.database import Database
from indexes.library import Library
from indexes.terminal import first_of
from ingest.finding import Finding
from ingest.sources import INSIDE
from rag.said import Said, say, say_all, say_n

_UNLISTED = """SELECT d.id, d.collection_id, d.source, d.size FROM documents d LEFT JOIN sources s
    ON s.collection_id = d.collection_id AND s.source = d.source AND s.document_id = d.id WHERE s.source IS NULL"""
_STRAYS = "SELECT source FROM sources WHERE document_id NOT IN (SELECT id FROM documents)"


def sources(library: Library) -> Finding:
    """Both ways; the first names are told."""
    database = library.catalogue.database
    unlisted, strays = [row[2] for row in database.rows(_UNLISTED)], [row[0] for row in database.rows(_STRAYS)]
    said = [_without_source(unlisted)] if unlisted else []
    said += [_without_document(strays)] if strays else []
    return Finding("sources", not said, say_all(said) or say("every document has its own"), _mend if said else None)


def _without_source(names: Sequence[str]) -> Said:
    return say_n(
        len(names),
        "{n} document not listed under a source: {names}",
        "{n} documents not listed under a source: {names}",
        names=first_of(names),
    )


def _without_document(names: Sequence[str]) -> Said:
    return say_n(
        len(names),
        "{n} source without a document: {names}",
        "{n} sources without a document: {names}",
        names=first_of(names),
    )


def _mend(library: Library) -> str:
    database = library.catalogue.database
    with database.writing():
        strays = database.rows(_STRAYS.replace("SELECT source", "DELETE") + " RETURNING source")
        n_listed = fill_sources(database)
    listed = say_n(n_listed, "{n} document listed again", "{n} documents listed again")
    n_gone = len(strays)
    gone = say_n(n_gone, "{n} source without a document deleted", "{n} sources without a document deleted")
    return say_all([listed, gone], ", ")


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
