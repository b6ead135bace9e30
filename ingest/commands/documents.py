"""`list`, `show`, `remove` and `chunks`: what is there, all of one document, out with it, and how it was cut."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

from indexes.job_records import Job
from indexes.library import Library
from indexes.records import SourceRecord
from indexes.terminal import first_of, one_line
from ingest.commands.naming import Names, document_number
from ingest.commands.removed import told_kept
from ingest.commands.showing import print_json
from ingest.files import stat_of
from ingest.keeping import Keeping
from ingest.older import older_notes
from ingest.originals import kept_copy
from ingest.removal import Removal, call_off, clear_jobs, holders_left, withdraw
from ingest.sources import path_of
from ingest.staleness import why_stale
from rag.errors import InputError
from rag.page_kinds import page_kind
from rag.types import DocumentRecord, counted


def list_documents(arguments: argparse.Namespace) -> int:
    """One line a document; more for further names of the same bytes, and where its file could not be read since."""
    library: Library = arguments.open_library(only_looks=True)
    library.check_collection(arguments.collection)
    records = library.catalogue.documents(arguments.collection)
    older = older_notes(library)
    if arguments.json:
        print_json(asdict(record) | {"older_content": older.get(record.id, [])} for record in records)
        return 0
    for record in records:
        counts = [f"{record.n_pages} p"] if record.n_pages else []
        print(
            f"{record.id:>6}  {record.collection:<12}  {', '.join([*counts, record.extent])}  {one_line(record.source)}"
        )
        for source in record.also:
            print(f"{'':>6}  {'':<12}  the same bytes: {one_line(source)}")
        for note in older.get(record.id, ()):
            print(f"{'':>6}  {'':<12}  older content: {note}")
    if not records:
        print("no documents yet: `python -m ingest add PATH` takes some in")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """All that is known of one document."""
    library: Library = arguments.open_library(only_looks=True)
    record = library.catalogue.document(document_number(library, arguments.document, arguments.collection))
    facts = _facts(library, record)
    if arguments.json:
        print_json([asdict(record) | facts])
        return 0
    dates = {name: record.metadata.get(name, "") for name in ("author", "created", "modified", "language")}
    rows = {"document": f"{record.id} in {record.collection}", "title": record.title, **dates, "added": record.added_at}
    rows |= {
        "kind": record.media_type,
        "bytes": f"{record.size:,}",
        "pages": str(record.n_pages or ""),
        "holds": record.extent,
    }
    for name, value in (rows | facts).items():
        for line in value if isinstance(value, list) else [value]:
            if line not in ("", None):
                print(f"{name.replace('_', ' ') + ':':<12} {one_line(_line(line))}")
    for warning in record.warnings:
        print(f"{'warning:':<12} {one_line(warning)}")
    return 0


def _facts(library: Library, record: DocumentRecord) -> dict[str, Any]:
    """What does not stand in a document's own row."""
    catalogue = library.catalogue
    found = catalogue.sources.of_document(record.id)
    active = catalogue.embedders.active() if record.n_chunks else None
    mine = {chunk.id for chunk in catalogue.chunks_of(record.id)} if active else set()
    n_without = len(mine & {int(number) for number in catalogue.embedders.without_vector(active.id)}) if active else 0
    holders = catalogue.sources.holders(found[0].container) if found else []
    return {
        "sources": [{"source": one.source, "state": _state(library, one)} for one in found],
        "inside_of": catalogue.document(holders[0]).source if holders else None,
        "settings": ", ".join(f"{name}={value}" for name, value in record.options.items()),
        "embedder": active.name if active else None,
        "without_vector": n_without or None,
        "stale": why_stale(library, record),
        "older_content": older_notes(library, [record.id]).get(record.id, []),
    }


def _state(library: Library, found: SourceRecord) -> str:
    """Whether a file on this machine is as it was when it was read, told by its size and time alone."""
    path = path_of(found.source)
    if found.container is not None or not path.is_absolute():
        is_kept = kept_copy(library.settings.home, found.sha256) is not None
        return "kept in the library" if is_kept else "not kept in the library: only its text is there"
    try:
        now = stat_of(path.stat())
    except (OSError, ValueError):
        return "gone, or closed to you"
    is_same = (now.size, now.modified_ns) == (found.stat.size, found.stat.modified_ns)
    return "as it was read" if is_same else "changed since it was read"


def _line(value: object) -> str:
    return f"{value['source']} ({value['state']})" if isinstance(value, Mapping) else str(value)


def remove(arguments: argparse.Namespace) -> int:
    """Documents out by their numbers, with what was found inside of them; by a source that source alone; and all of a
    folder."""
    library: Library = arguments.open_library()
    names = Names(library, arguments.collection)
    below = {text: names.below(text) for text in arguments.documents}
    folders = {text: files for text, files in below.items() if files}
    wanted = dict.fromkeys(names.document(text) for text in arguments.documents if text not in folders)
    _check_meant(folders, arguments)
    coming = withdraw(library, chain(*(_going(library, *one) for one in wanted)))
    for folder in folders:
        coming += _withdrawn(library, names.jobs_below(folder))
    days = 0 if arguments.for_good else library.settings.undo_days
    keeping = Keeping(library, days=days)
    with Removal(library, keeping) as removal:
        for folder, files in folders.items():
            removal.sources(files)
            _told_folder(arguments, folder, files)
        for number, source in wanted:
            if library.catalogue.has(number):  # or it was inside of one before
                _remove_one(library, removal, number, source, arguments)
    library.keyword.refresh()
    _told_coming(arguments, coming)
    told_kept(library, keeping, arguments)
    return 0


def _withdrawn(library: Library, jobs: Sequence[Job]) -> list[Job]:
    """Those that were on their way; of the others nothing is left on the list."""
    coming = call_off(library, jobs)
    clear_jobs(library, [job.id for job in jobs if job.is_finished])
    return coming


def _going(library: Library, number: int, source: str) -> list[SourceRecord]:
    return [found for found in library.catalogue.sources.of_document(number) if source in ("", found.source)]


def _remove_one(library: Library, removal: Removal, number: int, source: str, arguments: argparse.Namespace) -> None:
    going = _going(library, number, source)
    inside = library.catalogue.sources.inside(number)
    held = {found.source: holders_left(library, [found], {number, *inside}) for found in going}
    if source:
        removal.sources(going)
    else:
        removal.documents([number])
    n_inside = sum(not library.catalogue.has(member) for member in inside)
    _told(arguments, number, held, n_inside)
    if not arguments.json and library.catalogue.has(number):
        print(f"the same bytes stay as {one_line(library.catalogue.document(number).source)}")


def _check_meant(folders: Mapping[str, Sequence[SourceRecord]], arguments: argparse.Namespace) -> None:
    """Raises InputError, with how many they are, as long as nobody has said that all files of a folder are meant."""
    if not folders or arguments.yes:
        return
    said = []
    for folder, files in folders.items():
        where = ", ".join(dict.fromkeys(file.collection for file in files))
        said.append(f"{folder!r} is a folder with {counted(len(files), 'file')} of the library (in {where})")
    raise InputError(f"{'; '.join(said)}: --yes removes them all; on disk they stay as they are")


def _told_folder(arguments: argparse.Namespace, folder: str, files: Sequence[SourceRecord]) -> None:
    if arguments.json:
        print_json({"document": file.document_id, "source": file.source, "state": "removed"} for file in files)
    else:
        print(f"removed {counted(len(files), 'file')} of {one_line(folder)}")


def _told_coming(arguments: argparse.Namespace, coming: Sequence[Job]) -> None:
    if arguments.json:
        print_json({"job": job.id, "source": job.source, "state": "cancelled"} for job in coming)
    elif coming:
        print(f"{counted(len(coming), 'file')} on the way in cancelled: {first_of([job.source for job in coming])}")


def _told(arguments: argparse.Namespace, number: int, held: Mapping[str, Sequence[str]], n_inside: int) -> None:
    """`held` are the sources that went, each with the file that still holds it."""
    for source, holders in held.items():
        if arguments.json:
            facts = {"state": "removed", "inside": n_inside, "held_by": next(iter(holders), None)}
            print_json([{"document": number, "source": source} | facts])
            continue
        with_it = f" and the {counted(n_inside, 'document')} inside it" if n_inside else ""
        print(f"removed {number} {one_line(source)}{with_it}")
        for holder in holders:
            name = one_line(holder.rsplit("/", 1)[-1])
            print(
                f"it is still inside of {name}, and comes back with the next add, sync or upload of {name}, even "
                "unchanged, and with a reindex that reads it"
            )


def chunks(arguments: argparse.Namespace) -> int:
    """The chunks of a document in order."""
    library: Library = arguments.open_library(only_looks=True)
    for chunk in library.catalogue.chunks_of(document_number(library, arguments.document, arguments.collection)):
        if arguments.json:
            print_json([asdict(chunk)])
        else:
            pages = f", {page_kind(chunk.source)} {chunk.page}" if chunk.page else ""
            print(f"--- {chunk.ordinal}: characters {chunk.start} to {chunk.end}{pages}  {chunk.heading}")
            print("\n".join(part for part in (chunk.context and f"[{chunk.context}]", chunk.text) if part))
    return 0
