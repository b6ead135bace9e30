"""Keyword search with tantivy: BM25 over stemmed words, one field for each language that has a stemmer.

The index follows the catalogue. The number of the last change that it has seen is a document of its own, written in the
same commit as the chunks, so that after a crash the two always agree.
"""

from __future__ import annotations

import errno
import shutil
import threading
import time
import weakref
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from indexes.catalogue import Catalogue
from indexes.keyword_fields import (
    LAYOUT,
    USUAL,
    Terms,
    Wording,
    analyzers,
    any_of,
    field_of,
    schema,
    searched_text,
    term_queries,
    terms,
)
from indexes.keyword_files import damaged_file, linked
from indexes.records import Changes
from indexes.system_errors import told
from indexes.vector_keeper import Note
from rag.errors import StoreError
from rag.types import Chunk, Ids, Ranking, Scope

_BATCH = 2000
_HEAP_BYTES = 64_000_000
_PATIENCE_S = 3.0
_POLL_S = 0.02
_DRAFT_S = 60.0
"""Tantivy's own drafts, which it forgets when it is killed, live for milliseconds."""


@dataclass(frozen=True, slots=True)
class WordShare:
    """What a word of a query adds to the score of one chunk; 0 where the chunk lacks it."""

    word: str
    """As the index writes it, stemmed."""
    score: float
    n_chunks: int
    """Chunks of the whole index, or of the collections that are allowed, that have it."""


def clear_keyword_drafts(home: Path) -> None:
    """Delete what processes left behind that were killed while they wrote."""
    for path in (home / "keyword").glob("*/.tmp*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _DRAFT_S:
                path.unlink()


def keyword_folder(home: Path) -> Path:
    """Where the index of a home is kept."""
    return home / "keyword" / LAYOUT


class KeywordSearcher:
    """A Searcher over every chunk of the catalogue. Threads may share it; processes may share its folder.

    `is_apart` leaves the folder as it is, and writes what the index lacks to a temporary one.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        note: Note = lambda _text: None,
        *,
        is_apart: bool = False,
        wording: Wording = USUAL,
    ) -> None:
        self._catalogue = catalogue
        self._note = note
        self._wording = wording
        self._folder = keyword_folder(catalogue.home)
        if wording != USUAL:
            self._folder = self._folder.with_name(f"{LAYOUT}-{sha256(repr(wording).encode()).hexdigest()[:8]}")
        if catalogue.database.is_read_only or is_apart:
            self._folder = linked(self._folder)
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._changing = threading.Lock()
        self._analyzers = analyzers(wording)
        try:
            self._index = self._open()
        except OSError as error:
            raise StoreError(f"the keyword index cannot be opened: {told(error)}") from error
        if self._marker("library") not in (None, catalogue.identity()):  # it was made from another catalogue
            self._index = self._emptied("it was made from another catalogue")
        self._sequence = self._read_sequence()

    def _open(self) -> Any:  # noqa: ANN401  tantivy's stubs do not name what its calls return
        import tantivy

        self._folder.mkdir(parents=True, exist_ok=True)
        if wrong := damaged_file(self._folder):
            return self._emptied(f"{wrong} is missing or has changed")
        try:
            index = tantivy.Index(schema(), str(self._folder), reuse=True)
            index.searcher()
        except ValueError as error:
            if "Os { code" in str(error) and "NotFound" not in str(error):  # the disk's fault, not the index's
                raise _cannot_write(error) from error
            return self._emptied("it cannot be read")  # damaged or of another schema
        for name, analyzer in self._analyzers.items():
            index.register_tokenizer(name, analyzer)
        return index

    def _emptied(self, why: str = "") -> Any:  # noqa: ANN401
        """It is derived, so it is made anew."""
        if why:
            folder = keyword_folder(self._catalogue.home)
            self._note(f"the keyword index in {folder} is not used but filled from the catalogue: {why}")
        _take_away(self._folder)
        return self._open()

    def renew(self) -> None:
        """Build the index anew from the catalogue."""
        with self._changing:
            self._index, self._sequence = self._emptied(), 0
        self.refresh()

    def _read_sequence(self) -> int:
        return int(self._marker("sequence") or 0)

    def _marker(self, field: str) -> Any:  # noqa: ANN401
        """What the last commit noted down; None for an index without one."""
        import tantivy

        query = tantivy.Query.term_query(self._index.schema, "marker", "sequence")
        searcher = self._index.searcher()
        hits = searcher.search(query, 1).hits
        return searcher.doc(hits[0][1])[field][0] if hits else None

    def refresh(self) -> None:
        """Take in what the catalogue has done since; where another process is at it, wait for what it writes."""
        with self._changing:
            wanted, end = self._catalogue.sequence(), time.monotonic() + _PATIENCE_S
            while self._sequence < wanted:
                self._reload()
                self._sequence = self._read_sequence()
                changes = self._catalogue.changes(self._sequence)
                if changes.sequence != self._sequence and self._write(changes):
                    self._reload()
                    self._sequence = changes.sequence
                elif self._sequence < wanted:
                    if time.monotonic() > end:
                        return  # whoever holds the lock hangs: what is there is better than nothing
                    time.sleep(_POLL_S)

    def _reload(self) -> None:
        try:
            self._index.reload()
        except ValueError as error:
            raise _cannot_write(error) from error

    def _write(self, changes: Changes) -> bool:
        """Whether the changes are in; False while another process writes."""
        try:
            writer = self._index.writer(_HEAP_BYTES, 1)
        except ValueError as error:
            if "LockBusy" in str(error):  # whoever holds the writer's lock reads the same catalogue
                return False
            raise _cannot_write(error) from error
        try:
            self._apply(writer, changes)
        except ValueError as error:
            raise _cannot_write(error) from error
        return True

    def _apply(self, writer: Any, changes: Changes) -> None:  # noqa: ANN401
        import tantivy

        writer.garbage_collect_files()  # what a killed process wrote: tantivy never writes over a file of the same name
        for chunk_id in (
            *changes.removed.tolist(),
            *changes.added.tolist(),
        ):  # added ones too: a replay changes nothing
            writer.delete_documents_by_term("id", chunk_id)
        for at in range(0, len(changes.added), _BATCH):
            self._add(writer, changes.added[at : at + _BATCH])
        writer.delete_documents_by_term("marker", "sequence")
        marker = {"marker": "sequence", "sequence": changes.sequence, "library": self._catalogue.identity()}
        writer.add_document(tantivy.Document(**marker))
        writer.commit()
        writer.wait_merging_threads()

    def _add(self, writer: Any, ids: Ids) -> None:  # noqa: ANN401
        import tantivy

        chunks = self._catalogue.chunks(ids.tolist())
        languages = self._catalogue.languages({chunk.document_id for chunk in chunks.values()})
        for chunk in chunks.values():
            if chunk.document_id not in languages:  # removed since it was read, which the next changes say
                continue
            place = {"id": chunk.id, "document": chunk.document_id, "collection": chunk.collection}
            text = {field_of(languages[chunk.document_id]): searched_text(chunk, self._wording)}
            writer.add_document(tantivy.Document(**place, **text))

    def search(self, query: str, k: int, scope: Scope) -> Ranking:
        """The k chunks with the best BM25 score; any of the query's words may match. Words are never operators."""
        return self.best(term_queries(self.terms(query), self._index.schema), k, scope)

    def best(self, queries: Sequence[Any], k: int, scope: Scope) -> Ranking:
        """The k chunks within the scope that fulfil one or more of tantivy's queries."""
        try:
            self.refresh()
        except StoreError as error:  # a full disk: what is there can be searched all the same
            self._note(f"{error}; until then the newest documents are found by meaning alone")
        if not queries or k <= 0:
            return _ranking([], [])
        searcher = self._index.searcher()
        hits = searcher.search(self._scoped(queries, scope), k).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits]) if hits else []
        return _ranking(ids, [score for score, _ in hits])

    def shares(self, query: str, chunk: Chunk, allowed: frozenset[str] | None = None) -> list[WordShare]:
        """What every word of the query adds to the chunk's score, in the order of the query."""
        import tantivy

        self.refresh()
        language = self._catalogue.languages([chunk.document_id]).get(chunk.document_id, "en")
        make, of, found = tantivy.Query, self._index.schema, self.terms(query, [field_of(language)])
        alone = make.const_score_query(make.term_query(of, "id", chunk.id), 0.0)
        searcher, known, shares = self._index.searcher(), self.known(found, allowed), []
        for term, one in zip(found, term_queries(found, of), strict=True):
            both = make.boolean_query([(tantivy.Occur.Must, one), (tantivy.Occur.Must, alone)])
            hits = searcher.search(both, 1).hits
            shares.append(WordShare(term[1], float(hits[0][0]) if hits else 0.0, known.get(term, 0)))
        return shares

    @property
    def schema(self) -> Any:  # noqa: ANN401
        """Tantivy's, for making queries."""
        return self._index.schema

    def known(self, terms: Terms, allowed: frozenset[str] | None = None) -> dict[tuple[str, str], int]:
        """Of these (field, word), those that chunks have, and how many; chunks count that were removed since tantivy
        last merged what holds them. With `allowed` those of these collections alone."""
        searcher = self._index.searcher()
        found = {term: n for term in terms if (n := int(searcher.doc_freq(*term)))}
        if allowed is None:
            return found
        within = {
            term: self._scoped(term_queries([term], self._index.schema), Scope(allowed=allowed)) for term in found
        }
        counted = {term: int(searcher.search(query, 1, count=True).count) for term, query in within.items()}
        return {term: n for term, n in counted.items() if n}

    def ids(self) -> Ids:
        """The ids of all chunks in the index, once it has caught up."""
        import tantivy

        self.refresh()
        searcher = self._index.searcher()
        everything = tantivy.Query.range_query(self._index.schema, "id", tantivy.FieldType.Integer, 0, 2**62)
        hits = searcher.search(everything, max(1, searcher.num_docs)).hits
        return np.array(searcher.fast_field_values("id", [address for _, address in hits]), dtype=np.int64)

    def terms(self, query: str, fields: Collection[str] = ()) -> Terms:
        """(field, word) for every word of the query as each field's language writes it; of these fields, if any."""
        return terms(query, {field: self._analyzers[field] for field in fields or self._analyzers})

    def _scoped(self, queries: Sequence[Any], scope: Scope) -> Any:  # noqa: ANN401
        import tantivy

        make, of = tantivy.Query, self._index.schema
        parts = [(tantivy.Occur.Must, any_of(queries))]
        allowed = None if scope.allowed is None else sorted(scope.allowed)
        limits = (("document", scope.documents or None), ("collection", scope.collections or None))
        for field, values in (*limits, ("collection", allowed)):
            if values is not None:
                within = make.const_score_query(make.term_set_query(of, field, list(values)), 0.0)
                parts.append((tantivy.Occur.Must, within))
        return make.boolean_query(parts)


def _take_away(folder: Path) -> None:
    """Delete a folder into which what was opened before may still write for a moment: tantivy merges on its own."""
    end = time.monotonic() + _PATIENCE_S
    while folder.exists():
        try:
            shutil.rmtree(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.ENOENT) or time.monotonic() > end:
                raise
            time.sleep(_POLL_S)


def _cannot_write(error: ValueError) -> StoreError:
    is_full = "StorageFull" in str(error) or "os error 28" in str(error)
    is_closed = "PermissionDenied" in str(error) or "os error 13" in str(error)
    cure = "give yourself the rights to its folder" if is_closed else "see `python -m ingest doctor --repair`"
    cure = "make room where the library is" if is_full else cure
    return StoreError(f"the keyword index cannot be written ({'the disk is full' if is_full else error}): {cure}")


def _ranking(ids: Sequence[int], scores: Sequence[float]) -> Ranking:
    return Ranking(np.array(ids, dtype=np.int64), np.array(scores, dtype=np.float32))
