"""Taking documents out: from every search at once, and from the disk the bytes that nothing needs any more."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from indexes.library import Library
from indexes.records import SourceRecord


def remove(library: Library, documents: Iterable[int]) -> int:
    """How many of these documents were there and are gone, with all that was found inside of them."""
    numbers = list(dict.fromkeys(documents))
    contents = set().union(*(library.catalogue.contents(number) for number in numbers))
    n_gone = sum(library.catalogue.remove(number) for number in numbers)
    library.refresh()
    discard_kept(library, contents)
    return n_gone


def remove_sources(library: Library, records: Iterable[SourceRecord]) -> int:
    """Take single sources out; a document that is still found elsewhere stays."""
    found = list(records)
    contents = set().union(*(library.catalogue.contents(record.document_id) for record in found))
    n_gone = sum(library.catalogue.sources.release(record.collection, record.source) for record in found)
    library.refresh()
    discard_kept(library, contents)
    return n_gone


def discard_kept(library: Library, contents: Iterable[str], needed: Collection[str] = ()) -> None:
    """Delete the kept copies of these bytes (SHA-256) that no document has, that are not `needed`, and that no file on
    its way is read from."""
    gone = [sha256 for sha256 in contents if sha256 not in needed and not library.catalogue.holds(sha256)]
    folders = [library.settings.home / "uploads" / sha256[:16] for sha256 in gone]
    kept = [folder for folder in folders if folder.is_dir()]  # files by their path have none
    if not kept:
        return
    with library.catalogue.database.writing():  # whoever queues the same bytes just now sees afterwards what is left
        waiting = {Path(job.path).parent.name for job in library.jobs.jobs() if not job.is_finished}
        for folder in kept:
            if folder.name not in waiting:
                shutil.rmtree(folder, ignore_errors=True)
