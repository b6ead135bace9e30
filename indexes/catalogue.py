"""The catalogue: one SQLite file that is the only truth about collections, documents, chunks and vectors.

Every change runs in one transaction under one new number of a sequence, so that a document is wholly there or wholly
absent, and an index derived from the catalogue knows by one number what it has not seen yet.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import numpy as np

from indexes.schema import DERIVED, MIGRATIONS
from indexes.sqlite_errors import Cursor
from rag.errors import InputError, StoreError
from rag.types import Chunk, Document, DocumentRecord, Ids, Page, Scope, Vectors

Value = Any  # whatever one cell of a table holds

_BUSY_MS = 30_000
_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is known of a file before its chunks: where it came from and what its bytes were."""

    collection: str
    source: str
    sha256: str
    size: int
    modified_ns: int
    fingerprint: str
    document: Document


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk on its way in; `page` and `last_page` are None for a format without pages."""

    start: int
    end: int
    heading: str
    context: str
    page: int | None
    last_page: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What an index must do to get from one sequence number to `sequence`."""

    sequence: int
    added: Ids
    removed: Ids


class Catalogue:
    """Opens or makes `home/catalogue.sqlite`; raises StoreError when it cannot be used. Safe to share by threads."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._local = threading.local()
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._migrate()
        except (OSError, apsw.Error, UnicodeError) as error:
            raise StoreError(
                f"the catalogue in {home} cannot be opened ({error}): check the folder and its rights"
            ) from error

    @property
    def _db(self) -> apsw.Connection:
        """One connection a thread, since a connection's transaction is its own."""
        if not hasattr(self._local, "db"):
            db = apsw.Connection(str(self.home / "catalogue.sqlite"))
            db.cursor_factory = Cursor
            db.set_busy_timeout(_BUSY_MS)
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                db.execute(f"PRAGMA {pragma}")
            self._local.db = db
        connection: apsw.Connection = self._local.db
        return connection

    def _migrate(self) -> None:
        version = self._one("PRAGMA user_version")
        if version == 0 and any((self.home / name).exists() for name in DERIVED):
            raise StoreError(
                f"the catalogue in {self.home} is missing or empty, though the indexes made from it are there: put "
                "back catalogue.sqlite from a copy, or remove that folder to begin anew"
            )
        if version > len(MIGRATIONS):
            raise StoreError(f"the catalogue in {self.home} was made by a newer Footnote: update this one")
        if version == len(MIGRATIONS):
            return
        with self._writing():
            version = self._one("PRAGMA user_version")  # another process may have been faster
            for migration in MIGRATIONS[version:]:
                self._db.execute(migration)
            self._db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(StoreError):  # SQLite has rolled back by itself where the disk is full
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _one(self, sql: str, bindings: Sequence[Any] = ()) -> Value:
        row = self._db.execute(sql, tuple(bindings)).fetchone()
        return None if row is None else row[0]

    def _rows(self, sql: str, bindings: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        return iter(self._db.execute(sql, tuple(bindings)))

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db

    # -- the sequence ------------------------------------------------------------------------------------------

    def sequence(self) -> int:
        """The number of the last change."""
        return int(self._one("SELECT sequence FROM change"))

    def changes(self, since: int) -> Changes:
        """Chunks that came and went after `since`, seen at one moment."""
        with self._reading():
            added = self._ids("SELECT id FROM chunks WHERE sequence > ? ORDER BY id", (since,))
            removed = self._ids("SELECT chunk_id FROM tombstones WHERE sequence > ?", (since,))
            return Changes(self.sequence(), added, removed)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def _ids(self, sql: str, bindings: Sequence[Any] = ()) -> Ids:
        return np.fromiter((row[0] for row in self._db.execute(sql, tuple(bindings))), dtype=np.int64)

    def _advance(self) -> int:
        self._db.execute("UPDATE change SET sequence = sequence + 1")
        return self.sequence()

    # -- writing -----------------------------------------------------------------------------------------------

    def put(self, new: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors, embedder_id: int) -> int:
        """Make a document visible with its chunks and vectors [n, dim], in place of what its source held; its id."""
        if len(chunks) != len(vectors):
            raise ValueError(f"{len(chunks)} chunks but {len(vectors)} vectors")
        with self._writing():
            sequence = self._advance()
            collection_id = self._collection(new.collection)
            document_id = self._replace(collection_id, new, len(chunks), sequence)
            self._write_text(document_id, new.document)
            self._write_chunks(document_id, new.document.text, zip(chunks, vectors, strict=True), embedder_id, sequence)
        return document_id

    def _collection(self, name: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO collections (name, created_at) VALUES (?, ?)", (name, _now()))
        return int(self._one("SELECT id FROM collections WHERE name = ?", (name,)))

    def _replace(self, collection_id: int, new: NewDocument, n_chunks: int, sequence: int) -> int:
        """The row of the document: a known source keeps its id and loses what hung from it."""
        where = (collection_id, new.source)
        known = self._one("SELECT id FROM documents WHERE collection_id = ? AND source = ?", where)
        if known is not None:
            self._clear(known, sequence)
        document = new.document
        values = (new.sha256, new.size, new.modified_ns, document.media_type, new.fingerprint, len(document.pages))
        texts = (json.dumps(document.warnings), json.dumps(dict(document.metadata)))
        row = (known, *where, document.title, *values, n_chunks, *texts, _now(), sequence)
        return int(self._one(_PUT_DOCUMENT, row))

    def _write_text(self, document_id: int, document: Document) -> None:
        self._db.execute("INSERT INTO texts VALUES (?, ?)", (document_id, document.text))
        rows = [(document_id, page.number, page.start, page.end, page.label) for page in document.pages]
        self._db.executemany("INSERT INTO pages VALUES (?, ?, ?, ?, ?)", rows)

    def _write_chunks(
        self, document_id: int, text: str, rows: Iterable[tuple[NewChunk, Vectors]], embedder_id: int, sequence: int
    ) -> None:
        for ordinal, (chunk, vector) in enumerate(rows):
            place = (chunk.start, chunk.end, chunk.page, chunk.last_page, chunk.heading, chunk.context)
            row = (document_id, ordinal, *place, text[chunk.start : chunk.end], sequence)
            packed = vector.astype(np.float16).tobytes()  # unit vectors: the cosine moves by less than 1e-6
            self._db.execute("INSERT INTO vectors VALUES (?, ?, ?)", (embedder_id, self._one(_PUT_CHUNK, row), packed))

    def _clear(self, document_id: int, sequence: int) -> None:
        """Everything that hangs from a document goes, and its chunks leave tombstones."""
        mine = "SELECT id FROM chunks WHERE document_id = ?"
        self._db.execute(f"INSERT INTO tombstones SELECT id, ? FROM ({mine})", (sequence, document_id))  # noqa: S608
        for (embedder_id,) in self._db.execute("SELECT id FROM embedders").fetchall():
            sql = f"DELETE FROM vectors WHERE embedder_id = ? AND chunk_id IN ({mine})"  # noqa: S608
            self._db.execute(sql, (embedder_id, document_id))
        for table in ("chunks", "pages", "texts"):
            self._db.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))  # noqa: S608

    def remove(self, document_id: int) -> bool:
        """Take a document out with all that belongs to it; False when there is none of that id."""
        with self._writing():
            if self._one("SELECT id FROM documents WHERE id = ?", (document_id,)) is None:
                return False
            self._clear(document_id, self._advance())
            self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        return True

    def embedder(self, fingerprint: str, name: str, dim: int, canaries: Vectors) -> int:
        """The id of an embedder, made known with the vectors of the canary texts [n, dim] at its first use."""
        row = (fingerprint, name, dim, canaries.astype(np.float32).tobytes())
        with self._writing():
            sql = "INSERT OR IGNORE INTO embedders (fingerprint, name, dim, canaries) VALUES (?, ?, ?, ?)"
            self._db.execute(sql, row)
            return int(self._one("SELECT id FROM embedders WHERE fingerprint = ?", (fingerprint,)))

    def canaries(self, fingerprint: str) -> tuple[int, Vectors] | None:
        """The id of a known embedder and the vectors that it gave the canary texts; None for one never used."""
        row = self._db.execute(
            "SELECT id, dim, canaries FROM embedders WHERE fingerprint = ?", (fingerprint,)
        ).fetchone()
        if row is None:
            return None
        number, dim, blob = row
        return number, np.frombuffer(blob, dtype=np.float32).reshape(-1, dim)

    def generation(self, name: str) -> tuple[str, int] | None:
        """Directory and sequence of the current generation of a derived index; None where there is none."""
        row = self._db.execute("SELECT directory, sequence FROM generations WHERE name = ?", (name,)).fetchone()
        return None if row is None else (row[0], row[1])

    def set_generation(self, name: str, directory: str, sequence: int) -> None:
        """Make a generation the current one."""
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO generations VALUES (?, ?, ?)", (name, directory, sequence))

    def n_chunks(self) -> int:
        """How many chunks there are."""
        return int(self._one("SELECT COUNT(*) FROM chunks"))

    def embedded_by_others(self, fingerprint: str) -> int:
        """How many documents have chunks without a vector of this embedder."""
        number = self._one("SELECT id FROM embedders WHERE fingerprint = ?", (fingerprint,))
        return int(self._one(_STRANGERS, (number,)))

    # -- reading -----------------------------------------------------------------------------------------------

    def check(self) -> str:
        """What SQLite says about the file: "ok", or what is damaged."""
        return str(self._one("PRAGMA integrity_check"))

    def collections(self) -> dict[str, int]:
        """Collection name -> number of documents."""
        return dict(self._rows(_COUNT_COLLECTIONS))

    def documents(self, collection: str | None = None) -> list[DocumentRecord]:
        """All documents, or those of one collection, oldest first."""
        sql = f"{_DOCUMENT} WHERE ? IS NULL OR c.name = ? ORDER BY d.id"
        return [_record(row) for row in self._db.execute(sql, (collection, collection))]

    def document(self, document_id: int) -> DocumentRecord:
        """One document; raises InputError when there is none of that id."""
        row = self._db.execute(f"{_DOCUMENT} WHERE d.id = ?", (document_id,)).fetchone()
        if row is None:
            raise InputError(f"there is no document {document_id}: `python -m ingest list` shows their numbers")
        return _record(row)

    def find(self, collection: str, source: str) -> DocumentRecord | None:
        """The document that a collection holds for a source."""
        row = self._db.execute(f"{_DOCUMENT} WHERE c.name = ? AND d.source = ?", (collection, source)).fetchone()
        return None if row is None else _record(row)

    def text(self, document_id: int) -> str:
        """A document's whole text; empty when there is none of that id."""
        return self._one("SELECT text FROM texts WHERE document_id = ?", (document_id,)) or ""

    def pages(self, document_id: int) -> list[Page]:
        """A document's pages in order."""
        sql = "SELECT number, start, end, label FROM pages WHERE document_id = ? ORDER BY number"
        return [Page(*row) for row in self._db.execute(sql, (document_id,))]

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        """The chunks that exist among these ids."""
        found: dict[int, Chunk] = {}
        wanted = [int(i) for i in ids]
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            marks = ",".join("?" * len(part))
            found |= {row[0]: _chunk(row) for row in self._db.execute(f"{_CHUNK} WHERE k.id IN ({marks})", part)}
        return found

    def chunks_of(self, document_id: int) -> list[Chunk]:
        """A document's chunks in order."""
        rows = self._db.execute(f"{_CHUNK} WHERE k.document_id = ? ORDER BY k.ordinal", (document_id,))
        return [_chunk(row) for row in rows]

    def chunk_documents(self) -> dict[int, int]:
        """Chunk id -> document id, of all chunks."""
        return dict(self._rows("SELECT id, document_id FROM chunks"))

    def chunk_ids(self, scope: Scope) -> Ids:
        """Ids of the chunks within a scope, ascending."""
        documents, collections = json.dumps(scope.documents), json.dumps(scope.collections)
        return self._ids(_SCOPED, (len(scope.documents), documents, len(scope.collections), collections))

    def languages(self, documents: Collection[int]) -> dict[int, str]:
        """Document id -> the two letters of its language, "en" where none is known."""
        sql = """SELECT id, coalesce(json_extract(metadata, '$.language'), 'en') FROM documents
            WHERE id IN (SELECT value FROM json_each(?))"""
        return {row[0]: row[1] for row in self._rows(sql, (json.dumps(list(documents)),))}

    def vectors(self, embedder_id: int, ids: Ids) -> tuple[Ids, Vectors]:
        """The vectors that exist among these ascending ids: their ids [n] and rows [n, dim]."""
        dim = self._one("SELECT dim FROM embedders WHERE id = ?", (embedder_id,))
        kept, blobs = [], []
        wanted = [int(i) for i in ids]
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            sql = f"{_VECTORS} AND chunk_id IN ({','.join('?' * len(part))}) ORDER BY chunk_id"
            for chunk_id, blob in self._db.execute(sql, (embedder_id, *part)):
                kept.append(chunk_id)
                blobs.append(blob)
        rows = np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(-1, dim).astype(np.float32)
        return np.array(kept, dtype=np.int64), rows


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _chunk(row: Sequence[Any]) -> Chunk:
    breaks = tuple((number, start) for number, start in json.loads(row[-1] or "[]"))
    values: tuple[Any, ...] = (*row[:-1], breaks)
    return Chunk(*values)


def _record(row: Sequence[Any]) -> DocumentRecord:
    values = [*row[:9], tuple(json.loads(row[9])), json.loads(row[10]), *row[11:]]
    return DocumentRecord(*values)


_PUT_DOCUMENT = """
    INSERT INTO documents (id, collection_id, source, title, sha256, size, modified_ns, media_type, fingerprint,
        n_pages, n_chunks, warnings, metadata, added_at, sequence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, sha256 = excluded.sha256, size = excluded.size,
        modified_ns = excluded.modified_ns, media_type = excluded.media_type, fingerprint = excluded.fingerprint,
        n_pages = excluded.n_pages, n_chunks = excluded.n_chunks, warnings = excluded.warnings,
        metadata = excluded.metadata, added_at = excluded.added_at, sequence = excluded.sequence
    RETURNING id
"""
_PUT_CHUNK = """
    INSERT INTO chunks (document_id, ordinal, start, end, page, last_page, heading, context, text, sequence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_COUNT_COLLECTIONS = """
    SELECT c.name, COUNT(d.id) FROM collections c LEFT JOIN documents d ON d.collection_id = c.id
    GROUP BY c.id ORDER BY c.name
"""
_DOCUMENT = """
    SELECT d.id, c.name, d.source, d.title, d.sha256, d.size, d.media_type, d.n_pages, d.n_chunks, d.warnings,
        d.metadata, d.fingerprint, d.added_at
    FROM documents d JOIN collections c ON c.id = d.collection_id
"""
_CHUNK = """
    SELECT k.id, k.document_id, k.ordinal, k.start, k.end, k.text, k.heading, k.context, k.page, k.last_page,
        d.source, d.title, c.name, CASE WHEN k.page < k.last_page THEN (
            SELECT json_group_array(json_array(p.number, p.start)) FROM pages p
            WHERE p.document_id = k.document_id AND p.start > k.start AND p.start < k.end) END
    FROM chunks k JOIN documents d ON d.id = k.document_id JOIN collections c ON c.id = d.collection_id
"""
_SCOPED = """
    SELECT k.id FROM documents d JOIN collections c ON c.id = d.collection_id JOIN chunks k ON k.document_id = d.id
    WHERE (? = 0 OR d.id IN (SELECT value FROM json_each(?)))
        AND (? = 0 OR c.name IN (SELECT value FROM json_each(?)))
    ORDER BY k.id
"""
_VECTORS = "SELECT chunk_id, vector FROM vectors WHERE embedder_id = ?"
_STRANGERS = """
    SELECT COUNT(*) FROM documents d WHERE d.n_chunks > 0 AND NOT EXISTS (
        SELECT 1 FROM vectors v
        WHERE v.embedder_id = ? AND v.chunk_id = (SELECT id FROM chunks WHERE document_id = d.id AND ordinal = 0))
"""
