"""Puts back what was removed, by the usual way of a file."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexes.job_records import NewJob
from indexes.library import Library
from indexes.removed import FormerCollection, RemovedDocument
from ingest.files import digest
from ingest.keeping import is_readable_again
from ingest.originals import is_there, kept_copy
from ingest.removal import folder_name
from ingest.sources import path_of
from ingest.web import is_address
from ingest.worker import new_batch
from rag.errors import InputError


@dataclass(frozen=True, slots=True)
class PutBack:
    """What became of documents that were to be put back."""

    jobs: Sequence[int]
    """Those that are queued now; searches find each once a worker has read it."""
    n: int
    """How many documents these are."""
    changed: Sequence[str] = ()
    """Sources that are not as they were when they were removed: they are read as they are now."""
    left: Sequence[tuple[str, str]] = ()
    """(name, why) of those that cannot be put back."""


def put_back(library: Library, ids: Collection[int], batch: str = "") -> PutBack:
    """Queue removed documents under their former collection, names and settings.

    A row stays until its document is there, so that whatever happens meanwhile it can be put back once more.
    """
    jobs: list[int] = []
    changed: list[str] = []
    left: list[tuple[str, str]] = []
    found, batch = library.catalogue.removed.some(ids, time.time()), batch or new_batch()
    for one in found:
        try:
            with library.catalogue.database.writing():
                jobs += _queue(library, one, batch)
        except InputError as error:
            left.append((one.name, str(error)))
            continue
        changed += [source for source in one.sources if _has_changed(one, source)]
    return PutBack(jobs, len(found) - len(left), changed, left)


def _queue(library: Library, one: RemovedDocument, batch: str) -> list[int]:
    """Its jobs, within a transaction. Raises InputError."""
    new = [_job(library, one, source) for source in one.sources]
    library.catalogue.removed.reopen(one)
    return library.jobs.add(batch, one.collection, new)


def _job(library: Library, one: RemovedDocument, source: str) -> NewJob:
    has_name = one.collection in library.catalogue.collections()
    if one.former is not None and has_name:
        _check_same(library, one.collection, one.former)
    if one.former is None or has_name:
        _check_free(library, one, source)
    return NewJob(source, _path(library.settings.home, one, source), one.size, one.container, one.depth, one.options)


def _check_same(library: Library, collection: str, former: FormerCollection) -> None:
    """What was one person's never gets into the collection of another that has taken its name."""
    if library.catalogue.access.of(collection).owner != former.sharing.owner:
        raise InputError(
            f"the collection that it was in is deleted, and {collection!r} is another one: rename that first"
        )


def _check_free(library: Library, one: RemovedDocument, source: str) -> None:
    known = library.catalogue.sources.find(one.collection, source)
    coming = library.jobs.open_source(one.collection, source)
    is_other = coming is not None and one.is_kept and folder_name(coming.path) != one.sha256[:16]
    if is_other or (known is not None and known.sha256 != one.sha256):
        raise InputError(f"{one.collection!r} has another document of that name by now: remove or move that one first")


def _path(home: Path, one: RemovedDocument, source: str) -> str:
    """What has to be read: a copy, a file where it lies, or an address."""
    if is_address(source):
        return source
    if one.container is None and is_readable_again(source):
        if not is_there(path_of(source)):
            raise InputError(f"its file {source} is not there any more: put it there again first")
        return source
    copy = kept_copy(home, one.sha256)
    if copy is None:
        raise InputError("its original is not in the library any more: add it again")
    return str(copy)


def _has_changed(one: RemovedDocument, source: str) -> bool:
    """Whether a file that lies elsewhere has other bytes than it had; of a web page its server alone knows."""
    if one.container is not None or is_address(source) or not is_readable_again(source):
        return False
    try:
        path = path_of(source)
        now = path.stat()
        is_alike = now.st_size == one.size
        return not is_alike or (now.st_mtime_ns != one.modified_ns and digest(path) != one.sha256)
    except OSError:  # whoever reads it says what is wrong
        return False
