"""Deletes what is kept of removed documents, once nobody may put them back any more."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable

from indexes.job_records import Job
from indexes.library import Library
from indexes.removed import RemovedDocument
from ingest.removal import call_off, clear_jobs, discard_kept, folder_name, needed_names


def is_coming(library: Library, one: RemovedDocument) -> bool:
    """Whether it is on its way back."""
    return any(library.jobs.open_source(one.collection, source) for source in one.sources)


def end(library: Library, ids: Collection[int]) -> int:
    """Delete for good what could be put back; how many these were."""
    found = library.catalogue.removed.some(ids, time.time())
    library.catalogue.removed.end([one.id for one in found])
    call_off(library, _tries(library, found))
    sweep(library)
    return len(found)


def sweep(library: Library) -> int:
    """Delete what is kept of documents whose time is over; how many these were.

    The rows go last: whoever is killed before leaves them to the next sweep. What is just being put back stays until
    that has ended, and what cannot be deleted until it can.
    """
    over = [one for one in library.catalogue.removed.over(time.time()) if not is_coming(library, one)]
    if not over:
        return 0
    clear_jobs(library, [job.id for job in _tries(library, over)])
    names = {one.sha256[:16] for one in over if one.is_kept}
    discard_kept(library, names)
    uploads = library.settings.home / "uploads"
    stuck = {name for name in names if (uploads / name).exists()} - needed_names(library, names)
    gone = [one.id for one in over if not one.is_kept or one.sha256[:16] not in stuck]
    library.catalogue.removed.delete(gone)
    library.catalogue.database.empty_log()
    return len(gone)


def _tries(library: Library, removed: Iterable[RemovedDocument]) -> list[Job]:
    """The jobs by which these were to be put back."""
    places = {(one.collection, source, one.sha256[:16]) for one in removed if one.is_kept for source in one.sources}
    places_known = {place[:2] for place in places}
    return [
        job
        for job in library.jobs.jobs()
        if (job.collection, job.source) in places_known
        and (job.collection, job.source, folder_name(job.path)) in places
    ]
