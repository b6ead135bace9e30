"""The documents of the catalogue a page at a time: those that fit what somebody looks for, in the order wanted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexes.condition import Condition
from indexes.database import Database
from indexes.queries import DOCUMENT
from indexes.records import document_from
from rag.types import DocumentRecord

State = Literal["warnings", "empty", "outdated"]
Order = Literal["newest", "oldest", "name", "largest", "smallest"]

_MOST_WORDS, _LONGEST_WORD = 10, 100
_PLAIN = str.maketrans({letter: f"\\{letter}" for letter in r"\%_"})
_WORD = r"(folded(d.source) LIKE ? ESCAPE '\' OR folded(d.title) LIKE ? ESCAPE '\')"
_LAST_PART = "substr(d.source, length(rtrim(d.source, replace(d.source, '/', ''))) + 1)"
"""Of a source: what follows its last slash."""
_STATES: Mapping[State, str] = {
    "warnings": "d.warnings <> '[]'",
    "empty": "d.n_chunks = 0 AND d.n_members = 0",
    "outdated": """EXISTS (SELECT 1 FROM sources s WHERE s.document_id = d.id AND (
        EXISTS (SELECT 1 FROM refused r
            WHERE r.collection = c.name AND r.source = s.source AND r.sha256 <> d.sha256) OR
        EXISTS (SELECT 1 FROM jobs j
            WHERE j.collection = c.name AND j.source = s.source AND j.state = 'failed' AND NOT EXISTS (
                SELECT 1 FROM refused r WHERE r.collection = j.collection AND r.source = j.source))))""",
}
_ORDERS: Mapping[Order, str] = {
    "newest": "d.added_at DESC, d.id DESC",
    "oldest": "d.added_at, d.id",
    "name": f"folded({_LAST_PART}), d.source, d.id",
    "largest": "d.size DESC, d.id DESC",
    "smallest": "d.size, d.id",
}


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents are wanted; what is left empty lets every document through."""

    words: str = ""
    """All of them stand in the source or in the title, in capitals or not."""
    collection: str | None = None
    media_types: tuple[str, ...] = ()
    """Patterns as of GLOB, one of which fits."""
    state: State | None = None
    """`outdated`: what its file says by now could not be read."""
    allowed: frozenset[str] | None = None
    """The collections that whoever looks may see; None for all."""

    @property
    def is_empty(self) -> bool:
        """Whether every document is wanted."""
        return self == DocumentFilter(allowed=self.allowed)


class DocumentList:
    """A part of the Catalogue that is read alone. No call takes time in proportion to all texts, only to the rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, wanted: DocumentFilter) -> int:
        """How many documents fit."""
        where = _where(wanted)
        return int(self._database.one(f"SELECT COUNT(*) {_FROM} {where}", where.bindings))

    def ids(self, wanted: DocumentFilter) -> list[int]:
        """The numbers of all that fit, ascending."""
        where = _where(wanted)
        return [row[0] for row in self._database.rows(f"SELECT d.id {_FROM} {where} ORDER BY d.id", where.bindings)]

    def page(self, wanted: DocumentFilter, order: Order, first: int, most: int) -> list[DocumentRecord]:
        """At most so many of those that fit, from the one at place `first`, which is counted from 0."""
        where = _where(wanted)
        sql = f"SELECT d.id {_FROM} {where} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?"
        return self.records([row[0] for row in self._database.rows(sql, (*where.bindings, most, first))])

    def records(self, documents: Sequence[int]) -> list[DocumentRecord]:
        """Those of these documents that are there, in this order."""
        sql = f"{DOCUMENT} WHERE d.id IN (SELECT value FROM json_each(?))"  # noqa: S608
        found = {row[0]: document_from(row) for row in self._database.rows(sql, (json.dumps(list(documents)),))}
        return [found[number] for number in documents if number in found]

    def there(self, documents: Collection[int], allowed: frozenset[str] | None = None) -> frozenset[int]:
        """Those of these documents that are there, in these collections where they alone are allowed."""
        where = _where(DocumentFilter(allowed=allowed))
        where.add("d.id IN (SELECT value FROM json_each(?))", json.dumps(list(documents)))
        return frozenset(row[0] for row in self._database.rows(f"SELECT d.id {_FROM} {where}", where.bindings))

    def with_content(self, sha256: str, allowed: frozenset[str] | None = None) -> list[int]:
        """The numbers of those that have these bytes, in these collections where they alone are allowed."""
        where = _where(DocumentFilter(allowed=allowed))
        where.add("d.sha256 = ?", sha256)
        return [row[0] for row in self._database.rows(f"SELECT d.id {_FROM} {where}", where.bindings)]

    def sources(self, collection: str) -> list[tuple[int, str]]:
        """(number, source) of every document of a collection."""
        return self._database.rows(f"SELECT d.id, d.source {_FROM} WHERE c.name = ?", (collection,))

    def media_types(self, allowed: frozenset[str] | None = None) -> list[str]:
        """Every media type that a document has, of these collections where they alone are allowed."""
        where = _where(DocumentFilter(allowed=allowed))
        return [row[0] for row in self._database.rows(f"SELECT DISTINCT d.media_type {_FROM} {where}", where.bindings)]


_FROM = "FROM documents d JOIN collections c ON c.id = d.collection_id"


def _where(wanted: DocumentFilter) -> Condition:
    where = Condition()
    for word in wanted.words.casefold().split()[:_MOST_WORDS]:
        where.add(_WORD, *[f"%{word[:_LONGEST_WORD].translate(_PLAIN)}%"] * 2)
    if wanted.collection is not None:
        where.add("c.name = ?", wanted.collection)
    if wanted.media_types:
        where.add(f"({' OR '.join(['d.media_type GLOB ?'] * len(wanted.media_types))})", *wanted.media_types)
    if wanted.state is not None:
        where.add(_STATES[wanted.state])
    if wanted.allowed is not None:
        where.add("c.name IN (SELECT value FROM json_each(?))", json.dumps(sorted(wanted.allowed)))
    return where
