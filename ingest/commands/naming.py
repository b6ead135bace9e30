"""How the commands read what a person names: documents by number or source, folders and paths."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from indexes.library import Library
from indexes.records import SourceRecord
from indexes.terminal import one_line
from ingest.sources import below, listed, written
from rag.errors import InputError
from rag.types import counted


def document_number(library: Library, text: str, collection: str | None) -> int:
    """The id of a document given by its number or its source; raises InputError when there is none, or several."""
    return document_named(library, text, collection)[0]


def document_named(library: Library, text: str, collection: str | None) -> tuple[int, str]:
    """The same with the source by which it was named; empty for a number."""
    if _is_number(text):
        return library.catalogue.document(int(text)).id, ""
    sources = _sources(text)
    records = library.catalogue.documents(collection)
    found = [(r, source) for r in records for source in (r.source, *r.also) if source in sources]
    if not found:
        raise InputError(_why_none(library, text, collection))
    if len(found) > 1:
        where = dict.fromkeys(record.collection for record, _ in found)
        which = "name one by its number" + (f", or say --collection {' or '.join(where)}" if len(where) > 1 else "")
        raise InputError(
            f"{len(found)} documents ({which}) with the source {text!r}: `python -m ingest list` shows them"
        )
    ((record, source),) = found
    return record.id, source


def files_below(library: Library, text: str, collection: str | None) -> list[SourceRecord]:
    """The sources that lie in a folder, at whatever depth; what is inside of files comes and goes with these."""
    if _is_number(text):
        return []
    try:
        prefix = below(written(typed_path(text)))
    except InputError:
        return []
    names = library.catalogue.collections() if collection is None else [collection]
    sources = (record for name in names for record in library.catalogue.sources.all(name).values())
    return [record for record in sources if record.container is None and record.source.startswith(prefix)]


def typed_path(text: str) -> Path:
    """A path as a person types it; raises InputError."""
    try:
        return Path(text).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{text!r} cannot be used as a path ({error})") from error


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _sources(text: str) -> set[str]:
    """How the place that a person means may be written down."""
    sources = {text, listed(text)}
    with suppress(InputError):  # then it can only be a source by that very name
        sources.add(written(typed_path(text)))
    return sources


def _why_none(library: Library, text: str, collection: str | None) -> str:
    """What is known of a place from which nothing was taken in: that it is a folder, on its way, or was not read."""
    if inside := files_below(library, text, collection):
        n = counted(len(inside), "file")
        return f"{text!r} is a folder with {n} of the library: name one of them, as `python -m ingest list` shows it"
    sources = _sources(text)
    jobs = [job for job in library.jobs.jobs() if job.source in sources and collection in (None, job.collection)]
    if jobs and not jobs[-1].is_finished:
        return f"{text!r} is no document yet but on its way: `python -m ingest status` tells how far it is"
    if jobs and jobs[-1].state == "cancelled":
        return f"{text!r} is no document, since it was cancelled: `python -m ingest retry {jobs[-1].id}` takes it in"
    refused = [f for f in library.catalogue.refused.named(sources) if collection in (None, f.collection)]
    reasons = [job.reason for job in jobs if job.state == "failed"] or [failure.reason for failure in refused]
    if reasons:
        return f"{text!r} is no document, since it could not be read: {one_line(reasons[-1])}"
    return f"no document with the source {text!r}: `python -m ingest list` shows them"
