"""Notes what is being removed so that it can be put back: its names, and for how long its original stays."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

from indexes.library import Library
from indexes.records import SourceRecord
from indexes.removed import RemovedDocument
from ingest.originals import kept_copy
from ingest.sources import path_of
from ingest.web import is_address
from rag.types import DocumentRecord

DAY_S = 86_400


class Keeping:
    """One removal by one person, which can be undone for so many days; with none it is for good."""

    def __init__(self, library: Library, *, days: int = 0, by: str = "") -> None:
        self._library = library
        self._days = days
        self._by = by
        self._now = time.time()
        self.act = secrets.token_hex(8)
        self.n_lost = 0
        """Documents whose bytes are nowhere any more, so that nobody can put them back."""

    @property
    def until(self) -> float:
        """When it ends, in seconds, UTC."""
        return self._now + self._days * DAY_S

    def note(self, going: Sequence[SourceRecord]) -> None:
        """Keep a document's sources that are about to go, within their transaction.

        What lies inside of other files comes back with these, so that of a document which is found elsewhere, too, only
        those places are kept. Nothing is noted of one whose bytes are nowhere any more.
        """
        places = [found for found in going if found.container is None] or [
            found for found in going if found.container == going[0].container
        ]
        if not self._days or not places:
            return
        first = places[0]
        is_kept = any(map(is_of_home, places))
        if is_kept and kept_copy(self._library.settings.home, first.sha256) is None:
            places, is_kept = [found for found in places if not is_of_home(found)], False
        if places:
            record = self._library.catalogue.document(first.document_id)
            self._library.catalogue.removed.add(self._removed(record, places, is_kept=is_kept))
        else:
            self.n_lost += 1

    def _removed(self, record: DocumentRecord, places: Sequence[SourceRecord], *, is_kept: bool) -> RemovedDocument:
        first, sources = places[0], tuple(found.source for found in places)
        return RemovedDocument(
            id=0,
            act=self.act,
            collection=first.collection,
            sources=sources,
            title=record.title,
            sha256=record.sha256,
            size=record.size,
            modified_ns=first.stat.modified_ns,
            options=record.options,
            n_members=record.n_members,
            container=first.container,
            depth=len(self._library.catalogue.sources.holders(first.container)),
            is_kept=is_kept,
            person=self._by,
            removed_at=self._now,
            until=self.until,
        )


def is_of_home(found: SourceRecord) -> bool:
    """Whether a source can be read from the home alone: an upload, or what was inside of another file."""
    return found.container is not None or not is_readable_again(found.source)


def is_readable_again(source: str) -> bool:
    """Whether what a source names lies elsewhere: a file by its path, or a web page."""
    return is_address(source) or path_of(source).is_absolute()
