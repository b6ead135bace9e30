"""Taking documents out: from every search at once, and from the disk the bytes that nothing needs any more."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from indexes.library import Library
from indexes.records import SourceRecord


def remove(library: Library, documents: Iterable[int]) -> int:
    """How many of these documents were there and are gone, with all that was found inside of them."""
    before = library.catalogue.contents()
    n_gone = sum(library.catalogue.remove(number) for number in dict.fromkeys(documents))
    _forget(library, before)
    return n_gone


def remove_sources(library: Library, records: Iterable[SourceRecord]) -> int:
    """Take single sources out; a document that is still found elsewhere stays."""
    before = library.catalogue.contents()
    n_gone = sum(library.catalogue.sources.release(record.collection, record.source) for record in records)
    _forget(library, before)
    return n_gone


def _forget(library: Library, before: set[str]) -> None:
    """Bring the searchers up to date and delete the kept bytes of what is gone, but for files still to be read."""
    library.refresh()
    waiting = {Path(job.path).parent.name for job in library.jobs.jobs() if not job.is_finished}
    for sha256 in before - library.catalogue.contents():
        if sha256[:16] not in waiting:
            shutil.rmtree(library.settings.home / "uploads" / sha256[:16], ignore_errors=True)
