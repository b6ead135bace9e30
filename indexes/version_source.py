"""What the catalogue knows about when documents were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexes.catalogue import Catalogue
from rag.versions.nouns import VersionDates


class CatalogueVersions:
    """Reads from the catalogue alone. Threads may share it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def dates(self, documents: Sequence[int]) -> Mapping[int, VersionDates]:
        """Of those documents that are still there; of several files with the same bytes the earliest time counts."""
        found = {}
        for number in documents:
            records = self._catalogue.sources.of_document(number)
            if records and self._catalogue.has(number):
                document = self._catalogue.document(number)
                told = document.metadata.get("modified") or document.metadata.get("created") or ""
                times = [one.stat.modified_ns for one in records if one.stat.modified_ns]
                found[number] = VersionDates(document.sha256, told, min(times, default=0))
        return found

    def text(self, document: int) -> str:
        """A document's whole text; empty where it is gone."""
        return self._catalogue.text(document)
