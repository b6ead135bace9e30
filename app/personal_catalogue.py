"""The catalogue as one person sees it: what they may not see is as if it were not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.permissions import Permissions
from indexes.catalogue import Catalogue, no_document
from indexes.document_list import DocumentFilter, DocumentList, Order
from indexes.layouts import Layout
from indexes.storage import CollectionSize, collection_sizes
from indexes.version_source import versions_of
from ingest.cli import DEFAULT_COLLECTION
from ingest.originals import original_path
from rag.types import Chunk, DocumentRecord, Page, Scope

_NONE = 0
"""A number that no document has."""


class PersonalCatalogue:
    """Reads what a page shows. There is nothing in it that hands out more than its person may see: what is wanted of
    the catalogue beyond that is added here, with the check."""

    def __init__(self, catalogue: Catalogue, permissions: Permissions) -> None:
        self._whole = catalogue
        self._may = permissions
        self.listed = PersonalList(catalogue.listed, permissions)

    @property
    def home(self) -> Path:
        """Where it is kept: for the key of what a page keeps in memory."""
        return self._whole.home

    def sequence(self) -> int:
        """The number of the last change."""
        return self._whole.sequence()

    def collections(self) -> dict[str, int]:
        """Collection name -> number of documents."""
        rights = self._may.rights
        return {name: n for name, n in self._whole.collections().items() if rights.may_read(name)}

    @property
    def is_shared(self) -> bool:
        """Whether there are people from whom something may be kept."""
        return self._may.is_signed_in

    @property
    def usual(self) -> str:
        """The collection for documents of which nothing else is said: of somebody who has signed in their own one."""
        return self._may.own_collection() if self.is_shared else DEFAULT_COLLECTION

    def editable(self) -> list[str]:
        """The names of those that may be changed."""
        rights = self._may.rights
        return [name for name in self._whole.collections() if rights.may_edit(name)]

    def sizes(self) -> list[CollectionSize]:
        """What each collection holds, by its name."""
        rights = self._may.rights
        return [one for one in collection_sizes(self._whole) if rights.may_read(one.name)]

    def n_chunks(self) -> int:
        """How many passages there are."""
        if self._may.allowed is None:
            return self._whole.n_chunks()
        return sum(one.n_chunks for one in self._whole.weights.of(self._may.within(None)))

    def document(self, document_id: int) -> DocumentRecord:
        """One document; raises InputError when there is none of that id."""
        record = self._whole.document(document_id)
        if not self._may.rights.may_read(record.collection):
            raise no_document(document_id)
        return record

    def find(self, collection: str, source: str) -> DocumentRecord | None:
        """The document that a collection holds for a source."""
        return self._whole.find(collection, source) if self._may.rights.may_read(collection) else None

    def has(self, document_id: int) -> bool:
        """Whether there is a document of that id."""
        return self._seen(document_id) != _NONE

    def text(self, document_id: int) -> str:
        """A document's whole text; empty when there is none of that id."""
        return self._whole.text(self._seen(document_id))

    def pages(self, document_id: int) -> list[Page]:
        """A document's pages in order."""
        return self._whole.pages(self._seen(document_id))

    def layout(self, document_id: int, page: int) -> Layout:
        """Where words and tables stand on a page; empty where the loader did not tell."""
        return self._whole.layout(self._seen(document_id), page)

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        """The chunks that exist among these ids."""
        scope = self._may.within(None)
        return {number: chunk for number, chunk in self._whole.chunks(ids).items() if scope.has(chunk)}

    def chunks_of(self, document_id: int, first: int = 0, most: int = -1) -> list[Chunk]:
        """A document's chunks in order, or at most so many of them from the one at place `first`, counted from 0."""
        return self._whole.chunks_of(self._seen(document_id), first, most)

    def chunks_within(self, document_id: int, start: int, end: int) -> list[Chunk]:
        """A document's chunks, in order, in which any of its characters `start:end` stand."""
        return self._whole.chunks_within(self._seen(document_id), start, end)

    def newest(self, scope: Scope, most: int) -> tuple[int, ...]:
        """The numbers of the documents of a scope that came in last, the last first; at most so many."""
        if scope.documents:
            return tuple(sorted(self.listed.there(scope.documents), reverse=True)[:most])
        wanted = [DocumentFilter(collection=name) for name in scope.collections] or [DocumentFilter()]
        found = [one for each in wanted for one in self.listed.page(each, "newest", 0, most)]
        return tuple(one.id for one in sorted(found, key=lambda one: one.added_at, reverse=True)[:most])

    def sample(self, document_id: int, most: int) -> list[Chunk]:
        """At most so many chunks of a document, from its beginning to its end."""
        ids = self._whole.chunk_ids(self._may.within(Scope(documents=(document_id,))))
        chosen = [int(one) for one in ids[:: max(1, len(ids) // most)][:most]]
        found = self.chunks(chosen)
        return [found[one] for one in chosen if one in found]

    def versions(self, document_id: int) -> list[tuple[DocumentRecord, int]]:
        """As `indexes.version_source.versions_of`: all of them are in the document's collection."""
        return versions_of(self._whole, self.document(document_id))

    def original(self, document_id: int) -> Path:
        """Where the file of a document is, or was; raises InputError when there is no such document."""
        return original_path(self._whole.home, self.document(document_id))

    def within(self, scope: Scope) -> Scope:
        """As much of a scope as may be seen."""
        return self._may.within(scope)

    def _seen(self, document_id: int) -> int:
        """The id again where the document may be seen: what may not be seen is read by an id that nothing has."""
        there = self.listed.there([document_id])
        return document_id if document_id in there else _NONE


class PersonalList:
    """The list of documents as one person sees it."""

    def __init__(self, whole: DocumentList, permissions: Permissions) -> None:
        self._whole = whole
        self._may = permissions

    def count(self, wanted: DocumentFilter) -> int:
        """How many documents fit."""
        return self._whole.count(self._seen(wanted))

    def ids(self, wanted: DocumentFilter) -> list[int]:
        """The numbers of all that fit, ascending."""
        return self._whole.ids(self._seen(wanted))

    def page(self, wanted: DocumentFilter, order: Order, first: int, most: int) -> list[DocumentRecord]:
        """At most so many of those that fit, from the one at place `first`, which is counted from 0."""
        return self._whole.page(self._seen(wanted), order, first, most)

    def records(self, documents: Sequence[int]) -> list[DocumentRecord]:
        """Those of these documents that are there, in this order."""
        rights = self._may.rights
        return [record for record in self._whole.records(documents) if rights.may_read(record.collection)]

    def there(self, documents: Collection[int]) -> frozenset[int]:
        """Those of these documents that are there."""
        return self._whole.there(documents, self._may.allowed)

    def media_types(self) -> list[str]:
        """Every media type that a document has."""
        return self._whole.media_types(self._may.allowed)

    def _seen(self, wanted: DocumentFilter) -> DocumentFilter:
        return replace(wanted, allowed=self._may.allowed)
