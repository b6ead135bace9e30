"""Taking documents out: from every search at once, and from the disk the bytes that nothing needs any more."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Self

from indexes.job_records import Job
from indexes.library import Library
from indexes.records import SourceRecord
from indexes.refused import Failure
from ingest.keeping import Keeping


class Removal:
    """Takes out as much as is wanted, one after the other; at its end no search finds it any more, and no log has it.

    Each is out when its call returns, whatever becomes of the next: for good, or so that it can be put back where
    `keeping` says so.
    """

    def __init__(self, library: Library, keeping: Keeping | None = None) -> None:
        self._library = library
        self._keeping = keeping or Keeping(library)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._library.catalogue.database.empty_log()
        self._library.refresh()

    def documents(self, documents: Iterable[int]) -> int:
        """How many of these documents were there and are gone, with all that was found inside of them."""
        numbers = list(dict.fromkeys(documents))
        kept = kept_inside(self._library, numbers)
        n_gone = sum(map(self._remove, numbers))
        discard_kept(self._library, kept)
        return n_gone

    def _remove(self, number: int) -> bool:
        with self._library.catalogue.database.writing():
            self._keeping.note(self._library.catalogue.sources.of_document(number))
            return self._library.catalogue.remove(number)

    def sources(self, records: Iterable[SourceRecord]) -> int:
        """Take single sources out; a document that is still found elsewhere stays. How many were there."""
        found = list(records)
        kept = kept_inside(self._library, [record.document_id for record in found])
        n_gone = sum(map(self._release, found))
        discard_kept(self._library, kept)
        return n_gone

    def _release(self, record: SourceRecord) -> bool:
        sources = self._library.catalogue.sources
        with self._library.catalogue.database.writing():
            if sources.find(record.collection, record.source) is None:  # it was inside of one that is gone by now
                return False
            self._keeping.note([record])
            return sources.release(record.collection, record.source)


def remove(library: Library, documents: Iterable[int], keeping: Keeping | None = None) -> int:
    """How many of these documents were there and are gone, with all that was found inside of them."""
    numbers = list(documents)
    withdraw(library, [found for number in numbers for found in library.catalogue.sources.of_document(number)])
    with Removal(library, keeping) as removal:
        return removal.documents(numbers)


def withdraw(library: Library, records: Iterable[SourceRecord]) -> list[Job]:
    """Take newer versions of these files off their way, which would bring back what is about to be removed."""
    sources = {(record.collection, record.source) for record in records}
    return call_off(library, [job for job in library.jobs.jobs() if (job.collection, job.source) in sources])


def call_off(library: Library, jobs: Iterable[Job]) -> list[Job]:
    """Cancel those of these files that have not ended; which they were."""
    coming = [job for job in jobs if not job.is_finished]
    library.jobs.cancel(job.id for job in coming)
    return coming


def holders_left(library: Library, records: Iterable[SourceRecord], going: Collection[int]) -> list[str]:
    """The sources of outermost files that hold these and stay when these documents go.

    Such a file then lacks one inside of it. So it is read again though it has not changed, and brings it back, by the
    next `add`, `sync` or upload of it, and by a `reindex` that reads it.
    """
    holders = dict.fromkeys(record.container for record in records if record.container is not None)
    left = [library.catalogue.sources.holders(holder)[-1] for holder in holders if holder not in going]
    return [library.catalogue.document(holder).source for holder in dict.fromkeys(left)]


def clear_jobs(library: Library, ids: Collection[int] | None = None) -> int:
    """Take finished files off the list, these or all, and delete the kept copies of those that did not become a
    document; how many. What is known of bytes that nobody can read stays.
    """
    paths = [job.path for job in library.jobs.jobs() if job.is_finished and (ids is None or job.id in ids)]
    n_cleared = library.jobs.clear(ids)
    discard_kept(library, map(folder_name, paths))
    return n_cleared


def forget_failures(library: Library, failures: Iterable[Failure]) -> None:
    """Nothing is left to say of these files: they are gone, or as they were when they were read."""
    over = list(failures)
    clear_jobs(library, [failure.job for failure in over if failure.job])
    for failure in over:
        library.catalogue.refused.forget(failure.collection, [failure.source])


def kept_inside(library: Library, documents: Collection[int]) -> set[str]:
    """The names of the folders where copies of documents may be kept, and of all that was found inside of them."""
    contents = set().union(*(library.catalogue.contents(number) for number in documents))
    contents |= {one.sha256 for one in library.catalogue.removed.inside(documents)}
    failed = {folder_name(job.path) for job in library.jobs.inside(documents)}
    return {sha256[:16] for sha256 in contents} | failed


def discard_kept(library: Library, names: Iterable[str], needed: Collection[str] = ()) -> None:
    """Delete the kept copies in folders of these names that no document has, that are not `needed`, that no file is
    read from, or may be tried again from, and that nobody may put back."""
    uploads = library.settings.home / "uploads"
    kept = [name for name in set(names).difference(needed) if name and (uploads / name).is_dir()]
    if not kept:  # files by their path have none
        return
    with library.catalogue.database.writing():  # whoever queues the same bytes just now sees afterwards what is left
        for name in set(kept) - needed_names(library, kept):
            shutil.rmtree(uploads / name, ignore_errors=True)


def needed_names(library: Library, names: Iterable[str]) -> set[str]:
    """Those of these folders whose copies a document has, a file is read from, or somebody may put back."""
    catalogue, now = library.catalogue, time.time()
    waiting = {folder_name(path) for path in library.jobs.paths()}
    return {name for name in names if name in waiting or catalogue.holds(name) or catalogue.removed.holds(name, now)}


def folder_name(path: str) -> str:
    """The folder in which a file is kept; a name that no kept file has for one that lies elsewhere."""
    return Path(path).parent.name
