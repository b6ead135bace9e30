"""What the catalogue knows about when documents were made, and of which documents they are versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexes.catalogue import Catalogue
from rag.types import DocumentRecord
from rag.versions.choosing import VersionChoice
from rag.versions.names import are_issues, are_versions, version_name
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


def versions_of(catalogue: Catalogue, record: DocumentRecord) -> list[tuple[DocumentRecord, int]]:
    """The documents whose names say that they are versions of this one, each with 1 where it is the newer one, -1
    where it is the older one and 0 where nobody can tell; the newest first. Parts of a series are none."""
    own, choice = version_name(record.source), VersionChoice(CatalogueVersions(catalogue))
    orders = {
        number: choice.order_of((number, source), (record.id, record.source))
        for number, source in catalogue.listed.sources(record.collection)
        if number != record.id and are_versions(own, its := version_name(source)) and not are_issues(own, its)
    }
    return [(found, orders[found.id]) for found in catalogue.listed.records(sorted(orders, key=lambda n: -orders[n]))]
