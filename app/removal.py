"""Taking documents out: from every search at once, and the uploaded bytes from the disk when nothing needs them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from indexes.library import Library


def remove(library: Library, documents: Iterable[int], *, needed: frozenset[str] = frozenset()) -> int:
    """How many of these documents were there and are gone; `needed` are SHA-256 of uploads still to be read."""
    catalogue = library.catalogue
    records = {record.id: record for record in catalogue.documents()}
    gone = [records[number] for number in documents if number in records and catalogue.remove(number)]
    library.refresh()
    kept = {record.sha256 for record in catalogue.documents()} | needed
    for record in gone:
        if record.sha256 not in kept:
            shutil.rmtree(catalogue.home / "uploads" / record.sha256[:16], ignore_errors=True)
    return len(gone)
