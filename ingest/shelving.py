"""What is done with many documents at once: into another collection, or read again from their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from indexes.library import Library
from ingest import evaluated
from ingest.cutting import checked_collection
from ingest.gone import cure, with_holder
from ingest.keeping import Keeping
from ingest.originals import is_there, original, original_path
from ingest.removal import clear_jobs, remove, withdraw
from ingest.worker import job_of, new_batch
from rag.errors import InputError
from rag.types import DocumentRecord


@dataclass(frozen=True, slots=True)
class Done:
    """What became of documents that something was to be done with."""

    n: int
    left: Sequence[tuple[str, str]] = ()
    """(source, why) of those that stay as they were."""


def move(
    library: Library, documents: Iterable[int], collection: str, prepare: Callable[[str], object] = checked_collection
) -> Done:
    """Put documents into a collection, each in a transaction of its own; what is inside of a file comes with it.

    `prepare` is called with the collection's name in each of these transactions, and may raise InputError. Newer
    versions of them that are on their way are called off, since they would come into the old collection.
    """
    name = checked_collection(collection)
    held = _with_holder(library, documents)
    return _each(library, held, lambda record: _move(library, record, name, prepare))


def _move(library: Library, record: DocumentRecord, collection: str, prepare: Callable[[str], object]) -> None:
    if record.collection == collection:
        return
    with library.catalogue.database.writing():  # no worker takes up anything meanwhile
        prepare(collection)
        inside = {record.id, *library.catalogue.sources.inside(record.id)}
        if any(not job.is_finished for job in library.jobs.inside(inside)):
            raise InputError("files inside of it are on their way in: wait for their end, or cancel them first")
        withdraw(library, library.catalogue.sources.of_document(record.id))
        library.catalogue.shelving.move(record.id, collection)


def read_again(library: Library, documents: Iterable[int]) -> Done:
    """Queue documents to be read anew from their files, though these have not changed; searches find the old passages
    until then. One whose file is gone stays as it is."""
    return _each(library, _with_holder(library, documents), lambda record: _queue(library, record))


def _queue(library: Library, record: DocumentRecord) -> None:
    if not is_there(original_path(library.settings.home, record)):
        raise InputError(f"its file is gone: {cure(library, record)}")
    file = original(library, record)
    with library.catalogue.database.writing():
        library.catalogue.forget_reading(record.id)
        library.jobs.add(new_batch(), record.collection, [job_of(file, record.options)])


def rename(library: Library, old: str, new: str) -> None:
    """Give a collection another name, which questions about it follow. Raises InputError, also while files are on
    their way into it."""
    name = checked_collection(new)
    with library.catalogue.database.writing():
        _check_quiet(library, old)
        library.catalogue.shelving.rename(old, name)
        evaluated.rename(library.settings.home, old, name)  # last: where it fails the collection keeps its name, too
    library.refresh()


def delete(library: Library, name: str, keeping: Keeping | None = None) -> int:
    """Remove a collection with all its documents; how many these were. Raises InputError as `rename` does, and where a
    file came in meanwhile: then it stays, with that.

    Nothing is left to be tried again, and nothing is told to the next collection of that name."""
    library.check_collection(name)
    _check_quiet(library, name)
    n = remove(library, [record.id for record in library.catalogue.documents(name)], keeping)
    with library.catalogue.database.writing():  # a file that is queued from here on begins a collection of its own
        _check_quiet(library, name)
        library.catalogue.shelving.delete(name)
        clear_jobs(library, [job.id for job in library.jobs.jobs() if job.collection == name])
    return n


def _check_quiet(library: Library, collection: str) -> None:
    if any(job.collection == collection and not job.is_finished for job in library.jobs.jobs()):
        raise InputError(f"files are on their way into {collection!r}: wait for their end, or cancel them first")


def _with_holder(library: Library, documents: Iterable[int]) -> list[DocumentRecord]:
    """These documents without those inside of another one of them."""
    records = library.catalogue.listed.records(list(documents))
    held = with_holder(library, records)
    return [record for record in records if record.id not in held]


def _each(library: Library, records: Sequence[DocumentRecord], act: Callable[[DocumentRecord], None]) -> Done:
    left = []
    for record in records:
        try:
            act(record)
        except InputError as error:
            left.append((record.source, str(error)))
    library.refresh()
    return Done(len(records) - len(left), left)
