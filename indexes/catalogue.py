"""The catalogue: one SQLite file that is the only truth about collections, documents, chunks and vectors.

Every change runs in one transaction under one new number of a sequence, so that a document is wholly there or wholly
absent, and an index derived from the catalogue knows by one number what it has not seen yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indexes import queries
from indexes.access import AccessTable
from indexes.conversations import ConversationShelf
from indexes.database import Database
from indexes.dismissals import DismissalTable
from indexes.document_list import DocumentList
from indexes.embedder_table import EmbedderTable
from indexes.feedback import FeedbackShelf
from indexes.jobs import JobTable
from indexes.layouts import Layout, pack, unpack
from indexes.records import Changes, NewChunk, NewDocument, chunk_from, document_from
from indexes.refused import Refused
from indexes.removed import RemovedTable
from indexes.shelving import Shelving
from indexes.sources import Sources
from indexes.unpacked import Unpacked
from indexes.weight_table import WeightTable
from rag.errors import InputError
from rag.types import Chunk, Document, DocumentRecord, Ids, Page, Scope, Vectors

_AT_ONCE = 500  # ids in one statement
_HALF = np.dtype(np.float16).itemsize

Within = Callable[[int], None]
"""Called with a document's id within the transaction that makes it visible; what it raises undoes all of it."""


class Catalogue:
    """Opens or makes `home/catalogue.sqlite`; raises StoreError when it cannot be used. Safe to share by threads."""

    def __init__(self, home: Path, *, only_looks: bool = False) -> None:
        """With `only_looks` it is read as it is where its disk is full."""
        self.home = home
        self.database = Database(home, only_looks=only_looks)
        self.sources = Sources(self.database, self._discard)
        self.listed = DocumentList(self.database)
        self.shelving = Shelving(self.database)
        self.embedders = EmbedderTable(self.database)
        self.jobs = JobTable(self.database)
        self.refused = Refused(self.database)
        self.removed = RemovedTable(self.database)
        self.conversations = ConversationShelf(self.database)
        self.feedback = FeedbackShelf(self.database)
        self.dismissals = DismissalTable(self.database)
        self.unpacked = Unpacked(self.database)
        self.weights = WeightTable(self.database)
        self.access = AccessTable(self.database)

    def close(self) -> None:
        """Close this thread's connection."""
        self.database.close()

    # -- the sequence ------------------------------------------------------------------------------------------

    def sequence(self) -> int:
        """The number of the last change."""
        return self.database.sequence()

    def identity(self) -> str:
        """A name that no other catalogue has, whatever its sequence."""
        return self.database.identity()

    def changes(self, since: int) -> Changes:
        """Chunks that came and went after `since`, seen at one moment."""
        with self.database.reading():
            added = self.database.ids("SELECT id FROM chunks WHERE sequence > ? ORDER BY id", (since,))
            removed = self.database.ids("SELECT chunk_id FROM tombstones WHERE sequence > ?", (since,))
            return Changes(self.sequence(), added, removed)

    # -- writing -----------------------------------------------------------------------------------------------

    def put(
        self,
        new: NewDocument,
        chunks: Sequence[NewChunk],
        vectors: Vectors,
        embedder_id: int,
        *,
        also: Mapping[int, Vectors] | None = None,
        within: Within | None = None,
    ) -> int:
        """Make a document visible with its chunks and vectors [n, dim], in place of what its source held; its id.

        `also` has vectors of further embedders. Raises IndexMismatch when searches use another embedder's.
        """
        by_embedder = {embedder_id: vectors, **(also or {})}
        if any(len(rows) != len(chunks) for rows in by_embedder.values()):
            raise ValueError(f"{len(chunks)} chunks but {[len(rows) for rows in by_embedder.values()]} vectors")
        with self.database.writing():
            self.embedders.claim(embedder_id)
            sequence = self.database.advance()
            document_id = self._replace(new, len(chunks), sequence)
            self._write_text(document_id, new.document)
            ids = self._write_chunks(document_id, new.document.text, chunks, sequence)
            for number, rows in by_embedder.items():
                self._write_vectors(number, ids, rows)
            if within:
                within(document_id)
        return document_id

    def _replace(self, new: NewDocument, n_chunks: int, sequence: int) -> int:
        """The rows of the document and of its source: a known source keeps its document's id.

        A document that is listed under other sources, too, is left to those when the bytes are others now.
        """
        now = _now()
        self.database.execute(
            "INSERT OR IGNORE INTO collections (name, created_at) VALUES (?, ?)", (new.collection, now)
        )
        collection_id = self.sources.collection_id(new.collection)
        known = self.sources.find(new.collection, new.source)
        number = None if known is None else known.document_id
        has_others = number is not None and len(self.sources.of_document(number)) > 1
        if known is not None and has_others and known.sha256 != new.sha256:
            self.sources.release(new.collection, new.source)
            number = None
        if number is not None:
            self._clear(number, sequence)
        document = new.document
        facts = (new.sha256, new.stat.size, document.media_type, new.fingerprint, len(document.pages), n_chunks)
        texts = (json.dumps(document.warnings), json.dumps(dict(document.metadata)), now, sequence)
        more = (document.n_members, json.dumps(dict(new.options), sort_keys=True))
        row = (number, collection_id, new.source, document.title, *facts, *texts, *more)
        document_id = int(self.database.one(queries.PUT_DOCUMENT, row))
        places = {"etag": new.etag, "last_modified": new.last_modified}
        self.sources.put(collection_id, new.source, document_id, new.stat, **places, container=new.container)
        return document_id

    def _write_text(self, document_id: int, document: Document) -> None:
        self.database.execute("INSERT INTO texts VALUES (?, ?)", (document_id, document.text))
        rows = [(document_id, page.number, page.start, page.end, page.label) for page in document.pages]
        self.database.execute_many("INSERT INTO pages VALUES (?, ?, ?, ?, ?)", rows)
        layouts = [(document_id, page, packed) for page, packed in pack(document)]
        self.database.execute_many("INSERT INTO layouts VALUES (?, ?, ?)", layouts)

    def _write_chunks(self, document_id: int, text: str, chunks: Iterable[NewChunk], sequence: int) -> list[int]:
        ids = []
        for ordinal, chunk in enumerate(chunks):
            place = (chunk.start, chunk.end, chunk.page, chunk.last_page, chunk.heading, chunk.context)
            row = (document_id, ordinal, *place, text[chunk.start : chunk.end], sequence)
            ids.append(int(self.database.one(queries.PUT_CHUNK, row)))
        return ids

    def _write_vectors(self, embedder_id: int, ids: Sequence[int], vectors: Vectors) -> None:
        packed = vectors.astype(np.float16)  # unit vectors: the cosine moves by less than 1e-6
        rows = [(embedder_id, number, row.tobytes()) for number, row in zip(ids, packed, strict=True)]
        self.database.execute_many("INSERT INTO vectors VALUES (?, ?, ?)", rows)

    def _clear(self, document_id: int, sequence: int) -> None:
        """Everything that hangs from a document goes, and its chunks leave tombstones."""
        mine = "SELECT id FROM chunks WHERE document_id = ?"
        self.database.execute(f"INSERT INTO tombstones SELECT id, ? FROM ({mine})", (sequence, document_id))  # noqa: S608
        for (embedder_id,) in self.database.rows("SELECT id FROM embedders"):
            sql = f"DELETE FROM vectors WHERE embedder_id = ? AND chunk_id IN ({mine})"  # noqa: S608
            self.database.execute(sql, (embedder_id, document_id))
        for table in ("chunks", "layouts", "pages", "texts"):
            self.database.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))  # noqa: S608

    def remove(self, document_id: int) -> bool:
        """Take a document out with its sources and all that was found inside of it; False when there is none."""
        with self.database.writing():
            if self.database.one("SELECT id FROM documents WHERE id = ?", (document_id,)) is None:
                return False
            self.database.execute("DELETE FROM sources WHERE document_id = ?", (document_id,))
            self._discard(document_id)
        return True

    def forget_reading(self, document_id: int) -> None:
        """Let a document count as read with other settings, so that the same bytes are read anew."""
        self.database.execute("UPDATE documents SET fingerprint = '' WHERE id = ?", (document_id,))

    def _discard(self, document_id: int) -> None:
        self.keep_members(document_id, {})
        self.jobs.drop_ended(document_id)
        self._clear(document_id, self.database.advance())
        self.database.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def keep_members(self, document_id: int, contents: Mapping[str, str]) -> None:
        """Of the files that were found inside of a document, take out all but these: source -> SHA-256."""
        sql = """SELECT c.name, s.source FROM sources s JOIN collections c ON c.id = s.collection_id
            WHERE s.container_id = ?"""
        with self.database.writing():
            for collection, source in self.database.rows(sql, (document_id,)):
                if source not in contents:
                    self.sources.release(collection, source)
            self.jobs.drop_members(document_id, contents)
            self.refused.keep_members(document_id, contents)

    # -- reading -----------------------------------------------------------------------------------------------

    def check(self) -> str:
        """What SQLite says about the file: "ok", or what is damaged."""
        return str(self.database.one("PRAGMA integrity_check"))

    def n_chunks(self) -> int:
        """How many chunks there are."""
        return int(self.database.one("SELECT COUNT(*) FROM chunks"))

    def collections(self) -> dict[str, int]:
        """Collection name -> number of documents."""
        return dict(self.database.rows(queries.COUNT_COLLECTIONS))

    def documents(self, collection: str | None = None) -> list[DocumentRecord]:
        """All documents, or those of one collection, oldest first."""
        sql = f"{queries.DOCUMENT} WHERE ? IS NULL OR c.name = ? ORDER BY d.id"
        return [document_from(row) for row in self.database.rows(sql, (collection, collection))]

    def document(self, document_id: int) -> DocumentRecord:
        """One document; raises InputError when there is none of that id."""
        row = self.database.execute(f"{queries.DOCUMENT} WHERE d.id = ?", (document_id,)).fetchone()
        if row is None:
            raise no_document(document_id)
        return document_from(row)

    def has(self, document_id: int) -> bool:
        """Whether there is a document of that id."""
        return self.database.one("SELECT 1 FROM documents WHERE id = ?", (document_id,)) is not None

    def find(self, collection: str, source: str) -> DocumentRecord | None:
        """The document that a collection holds for a source."""
        known = self.sources.find(collection, source)
        return None if known is None else self.document(known.document_id)

    def contents(self, document_id: int) -> set[str]:
        """The SHA-256 of a document's bytes and of all that was found inside of it."""
        return {row[0] for row in self.database.rows(queries.CONTENTS, (json.dumps([document_id]),))}

    def holds(self, sha256: str) -> bool:
        """Whether any document has these bytes; the beginning of their SHA-256 will do."""
        sql = "SELECT 1 FROM documents WHERE sha256 >= ? AND sha256 < ? LIMIT 1"
        return self.database.one(sql, (sha256, sha256 + "g")) is not None

    def text(self, document_id: int) -> str:
        """A document's whole text; empty when there is none of that id."""
        return self.database.one("SELECT text FROM texts WHERE document_id = ?", (document_id,)) or ""

    def pages(self, document_id: int) -> list[Page]:
        """A document's pages in order."""
        sql = "SELECT number, start, end, label FROM pages WHERE document_id = ? ORDER BY number"
        return [Page(*row) for row in self.database.rows(sql, (document_id,))]

    def layout(self, document_id: int, page: int) -> Layout:
        """Where words and tables stand on a page; empty where the loader did not tell."""
        sql = "SELECT places FROM layouts WHERE document_id = ? AND page = ?"
        return unpack(self.database.one(sql, (document_id, page)), page)

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        """The chunks that exist among these ids."""
        found: dict[int, Chunk] = {}
        wanted = [int(i) for i in ids]
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            sql = f"{queries.CHUNK} WHERE k.id IN ({_marks(part)})"
            found |= {row[0]: chunk_from(row) for row in self.database.rows(sql, part)}
        return found

    def chunks_of(self, document_id: int, first: int = 0, most: int = -1) -> list[Chunk]:
        """A document's chunks in order, or at most so many of them from the one at place `first`, counted from 0."""
        sql = f"{queries.CHUNK} WHERE k.document_id = ? ORDER BY k.ordinal LIMIT ? OFFSET ?"
        return [chunk_from(row) for row in self.database.rows(sql, (document_id, most, first))]

    def chunks_within(self, document_id: int, start: int, end: int) -> list[Chunk]:
        """A document's chunks, in order, in which any of its characters `start:end` stand."""
        sql = f"{queries.CHUNK} WHERE k.document_id = ? AND k.start < ? AND k.end > ? ORDER BY k.ordinal"
        return [chunk_from(row) for row in self.database.rows(sql, (document_id, end, start))]

    def chunk_documents(self) -> dict[int, int]:
        """Chunk id -> document id, of all chunks."""
        return dict(self.database.rows("SELECT id, document_id FROM chunks"))

    def chunk_ids(self, scope: Scope) -> Ids:
        """Ids of the chunks within a scope, ascending."""
        return self.database.ids(queries.SCOPED, queries.scope_bindings(scope))

    def languages(self, documents: Collection[int]) -> dict[int, str]:
        """Document id -> the two letters of its language, "en" where none is known."""
        return dict(self.database.rows(queries.LANGUAGES, (json.dumps(list(documents)),)))

    def vectors(self, embedder_id: int, ids: Ids) -> tuple[Ids, Vectors]:
        """The vectors that exist among these ascending ids: their ids [n] and rows [n, dim].

        One with too few or too many bytes, or with values that are no numbers, was damaged and counts as none.
        """
        dim = self.database.one("SELECT dim FROM embedders WHERE id = ?", (embedder_id,))
        kept, blobs = [], []
        wanted = [int(i) for i in ids]
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            sql = f"{queries.VECTORS} AND chunk_id IN ({_marks(part)}) ORDER BY chunk_id"
            for chunk_id, blob in self.database.rows(sql, (embedder_id, _HALF * dim, *part)):
                kept.append(chunk_id)
                blobs.append(blob)
        rows = np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(-1, dim).astype(np.float32)
        are_finite = np.isfinite(rows).all(axis=1)
        return np.array(kept, dtype=np.int64)[are_finite], rows[are_finite]


def no_document(document_id: int) -> InputError:
    """What is said of a document that is not there."""
    return InputError(f"there is no document {document_id}: `python -m ingest list` shows their numbers")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _marks(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))
