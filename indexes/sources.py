"""The sources of the catalogue's documents: which bytes were found where, and when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from indexes.database import Database
from indexes.queries import DOCUMENTS_INSIDE, END_REMOVED, HOLDERS, PUT_SOURCE, SOURCE, SOURCES_INSIDE
from indexes.records import FileStat, SourceRecord, source_from

Discard = Callable[[int], None]
"""Takes a document out that has no source any more; called within the transaction."""


class Sources:
    """A part of the Catalogue, which says what becomes of a document without a source."""

    def __init__(self, database: Database, discard: Discard) -> None:
        self._database = database
        self._discard = discard

    def all(self, collection: str) -> dict[str, SourceRecord]:
        """Source -> record, of one collection."""
        rows = self._database.rows(f"{SOURCE} WHERE c.name = ?", (collection,))
        return {record.source: record for record in map(source_from, rows)}

    def find(self, collection: str, source: str) -> SourceRecord | None:
        """One source; None where the collection does not hold it."""
        row = self._database.execute(f"{SOURCE} WHERE c.name = ? AND s.source = ?", (collection, source)).fetchone()
        return None if row is None else source_from(row)

    def of_document(self, document_id: int) -> list[SourceRecord]:
        """Every source of a document."""
        rows = self._database.rows(f"{SOURCE} WHERE s.document_id = ? ORDER BY s.source", (document_id,))
        return [source_from(row) for row in rows]

    def holders(self, container: int | None) -> list[int]:
        """A container, the one that holds it, and so on to the outermost; a document's name alone does not tell."""
        return [row[0] for row in self._database.rows(HOLDERS, (container,))] if container is not None else []

    def ways_read(self, collection: str) -> list[tuple[str, Mapping[str, Any], str, int]]:
        """(media type, options, fingerprint, documents) of every way in which documents of a collection were read."""
        sql = """SELECT d.media_type, d.options, d.fingerprint, COUNT(*) FROM documents d
            JOIN collections c ON c.id = d.collection_id WHERE c.name = ? GROUP BY 1, 2, 3"""
        rows = self._database.rows(sql, (collection,))
        return [(media_type, json.loads(options), fingerprint, n) for media_type, options, fingerprint, n in rows]

    def inside(self, document_id: int) -> set[int]:
        """The documents that were found inside of one, or inside of those."""
        return {row[0] for row in self._database.rows(DOCUMENTS_INSIDE, (json.dumps([document_id]),))} - {document_id}

    def listed_inside(self, documents: Iterable[int]) -> set[str]:
        """The sources that were found inside of documents, or inside of those."""
        return {row[0] for row in self._database.rows(SOURCES_INSIDE, (json.dumps(sorted(documents)),))}

    def twins(self, collection: str, source: str, sha256: str) -> list[SourceRecord]:
        """The other sources of the collection with the same bytes, however those are read."""
        rows = self._database.rows(
            f"{SOURCE} WHERE d.sha256 = ? AND c.name = ? AND s.source <> ? ORDER BY s.document_id",
            (sha256, collection, source),
        )
        return [source_from(row) for row in rows]

    def touch(self, record: SourceRecord, stat: FileStat, *, etag: str = "", last_modified: str = "") -> None:
        """Note that the same bytes have another time now, so that the next look need not read them."""
        sql = """UPDATE sources SET size = ?, modified_ns = ?, changed_ns = ?, etag = ?, last_modified = ?
            WHERE source = ? AND collection_id = (SELECT id FROM collections WHERE name = ?)"""
        times = (stat.size, stat.modified_ns, stat.changed_ns)
        bindings = (*times, etag, last_modified, record.source, record.collection)
        with self._database.writing():
            self._database.execute(sql, bindings)

    def list_also(
        self,
        twin: SourceRecord,
        source: str,
        stat: FileStat,
        container: int | None = None,
        *,
        etag: str = "",
        last_modified: str = "",
    ) -> None:
        """List a document under one more source. A document that was listed under it before loses that source."""
        with self._database.writing():
            collection_id = self.collection_id(twin.collection)
            self._let_go(collection_id, source, but=twin.document_id)
            said = {"etag": etag, "last_modified": last_modified}
            self.put(collection_id, source, twin.document_id, stat, container=container, **said)

    def move(self, record: SourceRecord, source: str, stat: FileStat) -> None:
        """The same document is now found elsewhere; it keeps its id, its passages and its vectors."""
        with self._database.writing():
            self.list_also(record, source, stat, record.container)
            self.release(record.collection, record.source)
            self._rename_members(record.document_id, record.source, source)

    def _rename_members(self, container: int, old: str, new: str) -> None:
        """What was found inside of a file that has moved is listed under its new name, and so is what failed there."""
        for table in ("jobs", "refused"):
            sql = f"""UPDATE OR REPLACE {table} SET source = ? || substr(source, ?)
                WHERE container_id = ? AND substr(source, 1, ?) = ?"""  # noqa: S608
            self._database.execute(sql, (new, len(old) + 1, container, len(old), old))
        sql = f"{SOURCE} WHERE s.container_id = ?"
        for member in [source_from(row) for row in self._database.rows(sql, (container,))]:
            if member.source.startswith(old):
                name = new + member.source.removeprefix(old)
                self.list_also(member, name, member.stat, container)
                self.release(member.collection, member.source)
                self._rename_members(member.document_id, member.source, name)

    def release(self, collection: str, source: str) -> bool:
        """Take a source out, and its document with it when it was the last one; False when it was not there."""
        with self._database.writing():
            return self._let_go(self.collection_id(collection), source)

    def _let_go(self, collection_id: int | None, source: str, *, but: int | None = None) -> bool:
        where = (collection_id, source)
        document_id = self._database.one(
            "DELETE FROM sources WHERE collection_id = ? AND source = ? RETURNING document_id", where
        )
        if document_id is None:
            return False
        if document_id != but:
            self.settle(document_id)
        return True

    def settle(self, document_id: int) -> None:
        """After a source went: the document is shown under one that is left, or discarded when none is."""
        left = self._database.one("SELECT MIN(source) FROM sources WHERE document_id = ?", (document_id,))
        if left is None:
            self._discard(document_id)
            return
        sql = """UPDATE documents SET source = ?, sequence = ? WHERE id = ? AND source NOT IN
            (SELECT source FROM sources WHERE document_id = documents.id)"""
        self._database.execute(sql, (left, self._database.advance(), document_id))

    def put(
        self,
        collection_id: int | None,
        source: str,
        document_id: int,
        stat: FileStat,
        *,
        etag: str = "",
        last_modified: str = "",
        container: int | None = None,
    ) -> None:
        """Write a source's row, within a transaction."""
        times = (stat.size, stat.modified_ns, stat.changed_ns)
        row = (collection_id, source, document_id, *times, etag, last_modified, container)
        self._database.execute(PUT_SOURCE, row)
        self._database.execute(END_REMOVED, (collection_id, source, document_id))

    def collection_id(self, name: str) -> int | None:
        """The number of a collection; None where there is none of that name."""
        found = self._database.one("SELECT id FROM collections WHERE name = ?", (name,))
        return None if found is None else int(found)
