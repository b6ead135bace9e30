"""Which collection a document is in: another one for it, another name for a collection, an end of empty ones."""

from __future__ import annotations

import json

from indexes.database import Database
from indexes.queries import DOCUMENTS_INSIDE
from indexes.removed import RemovedTable
from rag.errors import InputError

_AMONG = "IN (SELECT value FROM json_each(?))"


class Shelving:
    """A part of the Catalogue. The keyword index keeps the name of a passage's collection, so that with another one a
    passage gets another number: every index that follows the catalogue takes the old one out and the new one in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._removed = RemovedTable(database)

    def move(self, document: int, collection: str) -> None:
        """Put a document with all that was found inside of it into a collection, which is made where there is none.

        What failed inside of it comes along, and what was removed from it; its passages and vectors stay as they are.
        Raises InputError where it lies inside of another file, or where the collection has a document under one of the
        same names.
        """
        with self._database.writing():
            inside = [row[0] for row in self._database.rows(DOCUMENTS_INSIDE, (json.dumps([document]),))]
            moving = json.dumps(inside)
            self._check_whole(moving)
            sql = "INSERT OR IGNORE INTO collections (name, created_at) VALUES (?, datetime('now'))"
            self._database.execute(sql, (collection,))
            number = self._number(collection)
            self._check_free(moving, number, collection)
            for table in ("sources", "documents"):
                key = "document_id" if table == "sources" else "id"
                sql = f"UPDATE {table} SET collection_id = ? WHERE {key} {_AMONG} AND collection_id <> ?"  # noqa: S608
                self._database.execute(sql, (number, moving, number))
            for table in ("refused", "jobs", "removed"):
                sql = f"UPDATE OR REPLACE {table} SET collection = ? WHERE container_id {_AMONG}"  # noqa: S608
                self._database.execute(sql, (collection, moving))
            self._number_anew(moving)

    def rename(self, old: str, new: str) -> None:
        """Give a collection another name. Raises InputError where there is none, or where the name is taken."""
        with self._database.writing():
            number = self._number(old)
            taken = self._database.one("SELECT 1 FROM collections WHERE name = ?", (new,))
            if taken is not None and new != old:
                raise InputError(f"there is a collection {new!r} already: move the documents there instead")
            self._database.execute("UPDATE collections SET name = ? WHERE id = ?", (new, number))
            for table in ("refused", "jobs"):
                sql = f"UPDATE OR REPLACE {table} SET collection = ? WHERE collection = ?"  # noqa: S608
                self._database.execute(sql, (new, old))
            self._removed.rename(old, new)
            rows = self._database.rows("SELECT id FROM documents WHERE collection_id = ?", (number,))
            self._number_anew(json.dumps([row[0] for row in rows]))

    def delete(self, name: str) -> None:
        """Forget a collection. Raises InputError as long as a document is in it, or on its way there."""
        with self._database.writing():
            number = self._number(name)
            if self._database.one("SELECT 1 FROM documents WHERE collection_id = ? LIMIT 1", (number,)):
                raise InputError(f"the collection {name!r} has documents: move or remove them first")
            self._database.execute("DELETE FROM refused WHERE collection = ?", (name,))
            self._removed.close(name, number)
            self._database.execute("DELETE FROM collections WHERE id = ?", (number,))

    def _number(self, name: str) -> int:
        found = self._database.one("SELECT id FROM collections WHERE name = ?", (name,))
        if found is None:
            raise InputError(f"there is no collection {name!r}")
        return int(found)

    def _check_whole(self, moving: str) -> None:
        sql = f"""SELECT s.source, h.source FROM sources s JOIN documents h ON h.id = s.container_id
            WHERE s.document_id {_AMONG} AND s.container_id NOT {_AMONG}"""  # noqa: S608
        for source, holder in self._database.rows(sql, (moving, moving)):
            raise InputError(f"{source} lies inside of {holder}: move that file, and what is inside comes with it")

    def _check_free(self, moving: str, number: int, collection: str) -> None:
        sql = f"""SELECT s.source FROM sources s WHERE s.document_id {_AMONG} AND s.collection_id <> ?
            AND EXISTS (SELECT 1 FROM sources o WHERE o.collection_id = ? AND o.source = s.source)"""  # noqa: S608
        for (source,) in self._database.rows(sql, (moving, number, number)):
            raise InputError(f"{collection!r} has a document {source} already: remove one of the two first")

    def _number_anew(self, moving: str) -> None:
        """Give the passages of these documents numbers that none has had, with their vectors."""
        sql = f"SELECT min(id), max(id) FROM chunks WHERE document_id {_AMONG}"  # noqa: S608
        first, last = self._database.rows(sql, (moving,))[0]
        sequence = self._database.advance()
        self._database.execute(f"UPDATE documents SET sequence = ? WHERE id {_AMONG}", (sequence, moving))  # noqa: S608
        if first is None:
            return
        up = int(self._database.one("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'")) - first + 1
        mine = f"SELECT id FROM chunks WHERE document_id {_AMONG}"  # noqa: S608
        self._database.execute(f"INSERT INTO tombstones SELECT id, ? FROM ({mine})", (sequence, moving))  # noqa: S608
        for (embedder,) in self._database.rows("SELECT id FROM embedders"):
            sql = f"UPDATE vectors SET chunk_id = chunk_id + ? WHERE embedder_id = ? AND chunk_id IN ({mine})"  # noqa: S608
            self._database.execute(sql, (up, embedder, moving))
        sql = f"UPDATE chunks SET id = id + ?, sequence = ? WHERE document_id {_AMONG}"  # noqa: S608
        self._database.execute(sql, (up, sequence, moving))
        self._database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'chunks'", (last + up,))
