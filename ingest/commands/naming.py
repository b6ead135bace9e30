"""How the commands read what a person names: documents by number or source, folders and paths."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice, takewhile
from pathlib import Path

from indexes.job_records import Job
from indexes.library import Library
from indexes.records import SourceRecord
from indexes.terminal import one_line
from ingest.sources import below, listed, written
from rag.errors import InputError
from rag.types import DocumentRecord, counted


def document_number(library: Library, text: str, collection: str | None) -> int:
    """The id of a document given by its number or its source; raises InputError when there is none, or several."""
    return Names(library, collection).document(text)[0]


class Names:
    """All that a person can name in a library, or in one collection of it, read once for a whole command."""

    def __init__(self, library: Library, collection: str | None) -> None:
        self._library = library
        self._collection = collection

    def document(self, text: str) -> tuple[int, str]:
        """The id of a document given by its number or its source, and that source; it is empty for a number.

        Raises InputError when there is none, or several.
        """
        if _is_number(text):
            return self._library.catalogue.document(int(text)).id, ""
        found = [(record, source) for source in _sources(text) for record in self._documents.get(source, ())]
        if not found:
            raise InputError(self._why_none(text))
        if len(found) > 1:
            where = dict.fromkeys(record.collection for record, _ in sorted(found, key=lambda one: one[0].id))
            which = "name one by its number" + (f", or say --collection {' or '.join(where)}" if len(where) > 1 else "")
            raise InputError(
                f"{len(found)} documents ({which}) with the source {text!r}: `python -m ingest list` shows them"
            )
        ((record, source),) = found
        return record.id, source

    def below(self, text: str) -> list[SourceRecord]:
        """The sources that lie in a folder, at whatever depth; what is inside of files comes and goes with these."""
        prefix = _prefix(text)
        if not prefix:
            return []
        first = bisect_left(self._files, prefix, key=_source)
        return list(takewhile(lambda record: record.source.startswith(prefix), islice(self._files, first, None)))

    def jobs_below(self, text: str) -> list[Job]:
        """The files of a folder that are on their way in, or were lately."""
        prefix = _prefix(text)
        return [job for job in self._jobs if job.source.startswith(prefix)] if prefix else []

    @cached_property
    def _jobs(self) -> list[Job]:
        return [job for job in self._library.jobs.jobs() if self._is_meant(job.collection)]

    @cached_property
    def _documents(self) -> Mapping[str, list[DocumentRecord]]:
        """Source -> the documents that were found there."""
        found: Mapping[str, list[DocumentRecord]] = defaultdict(list)
        for record in self._library.catalogue.documents(self._collection):
            for source in (record.source, *record.also):
                found[source].append(record)
        return found

    @cached_property
    def _files(self) -> list[SourceRecord]:
        """All that is in no other file, by its source."""
        catalogue = self._library.catalogue
        names = catalogue.collections() if self._collection is None else [self._collection]
        records = (record for name in names for record in catalogue.sources.all(name).values())
        return sorted((record for record in records if record.container is None), key=_source)

    def _why_none(self, text: str) -> str:
        """What is known of a place from which nothing was taken in."""
        known = self._as_folder(text) or self._as_file(text)
        return known or f"no document with the source {text!r}: `python -m ingest list` shows them"

    def _as_folder(self, text: str) -> str:
        """What of a folder is in the library, on its way, or was lately; empty where nothing is."""
        if inside := self.below(text):
            n = counted(len(inside), "file")
            return f"{text!r} is a folder with {n} of the library: name one of them, as `python -m ingest list` does"
        jobs = self.jobs_below(text)
        if coming := [job for job in jobs if not job.is_finished]:
            n = counted(len(coming), "file")
            return (
                f"{text!r} is a folder with {n} on the way in: `python -m ingest jobs` lists them, `cancel` stops them"
            )
        if not jobs:
            return ""
        n = counted(len(jobs), "file")
        told = "`python -m ingest jobs` tells what became of them, `jobs --clear` forgets it"
        return f"{text!r} is a folder with {n} of which the library holds none: {told}"

    def _as_file(self, text: str) -> str:
        """Whether a file is on its way, was cancelled or could not be read; empty where nothing is known of it."""
        sources = _sources(text)
        jobs = [job for job in self._jobs if job.source in sources]
        if jobs and not jobs[-1].is_finished:
            return f"{text!r} is no document yet but on its way: `python -m ingest status` tells how far it is"
        if jobs and jobs[-1].state == "cancelled":
            return f"{text!r} is no document, as it was cancelled: `python -m ingest retry {jobs[-1].id}` takes it in"
        refused = [f for f in self._library.catalogue.refused.named(sources) if self._is_meant(f.collection)]
        reasons = [job.reason for job in jobs if job.state == "failed"] or [failure.reason for failure in refused]
        if reasons:
            return f"{text!r} is no document, since it could not be read: {one_line(reasons[-1])}"
        return ""

    def _is_meant(self, collection: str) -> bool:
        return self._collection in (None, collection)


def check_which(numbers: Sequence[str], things: str, *, is_all: bool) -> None:
    """Raises InputError unless numbers or --all say which of these things are meant: both would mean two different
    things."""
    if bool(numbers) == is_all:
        raise InputError(f"say which {things}, or --all{', and not both' if is_all else ''}")


def typed_path(text: str) -> Path:
    """A path as a person types it; raises InputError."""
    try:
        return Path(text).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{text!r} cannot be used as a path ({error})") from error


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _prefix(text: str) -> str:
    """How the sources of all files in a folder begin; empty for a number, and for what is no path."""
    if _is_number(text) or not text.strip():  # no folder, though a path would say the present one
        return ""
    try:
        return below(written(typed_path(text)))
    except InputError:
        return ""


def _sources(text: str) -> set[str]:
    """How the place that a person means may be written down."""
    sources = {text, listed(text)}
    with suppress(InputError):  # then it can only be a source by that very name
        sources.add(written(typed_path(text)))
    return sources


def _source(record: SourceRecord) -> str:
    return record.source
