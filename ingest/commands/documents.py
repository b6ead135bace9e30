"""`list`, `remove` and `chunks`: what is there, out with it, and how it was cut."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from indexes.library import Library
from indexes.terminal import one_line
from ingest.commands.showing import document_named, document_number, print_json
from ingest.removal import remove as take_out
from ingest.removal import remove_sources


def list_documents(arguments: argparse.Namespace) -> int:
    """One line a document; one more for each further name under which the same bytes were found."""
    library: Library = arguments.open_library()
    library.check_collection(arguments.collection)
    records = library.catalogue.documents(arguments.collection)
    if arguments.json:
        print_json(asdict(record) for record in records)
        return 0
    for record in records:
        counts = [f"{record.n_pages} p"] if record.n_pages else []
        print(
            f"{record.id:>6}  {record.collection:<12}  {', '.join([*counts, record.extent])}  {one_line(record.source)}"
        )
        for source in record.also:
            print(f"{'':>6}  {'':<12}  the same bytes: {one_line(source)}")
    if not records:
        print("no documents yet: `python -m ingest add PATH` takes some in")
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Documents out by their numbers, with what was found inside of them; by a source that source alone."""
    library: Library = arguments.open_library()
    wanted = [document_named(library, text, arguments.collection) for text in arguments.documents]
    for number, source in dict.fromkeys(wanted):
        if not library.catalogue.has(number):  # it was inside of one before, or was named twice
            continue
        record = library.catalogue.document(number)
        found = library.catalogue.sources.find(record.collection, source) if source else None
        if found is None:
            take_out(library, [number])
            _told(arguments, number, [record.source, *record.also])
        else:
            remove_sources(library, [found])
            is_left = library.catalogue.has(number)
            _told(arguments, number, [source], stays=library.catalogue.document(number).source if is_left else "")
    library.keyword.refresh()
    return 0


def _told(arguments: argparse.Namespace, number: int, sources: Sequence[str], *, stays: str = "") -> None:
    for source in sources:
        if arguments.json:
            print_json([{"document": number, "source": source, "state": "removed"}])
        else:
            print(f"removed {number} {one_line(source)}")
    if stays and not arguments.json:
        print(f"the same bytes stay as {one_line(stays)}")


def chunks(arguments: argparse.Namespace) -> int:
    """The chunks of a document in order."""
    library: Library = arguments.open_library()
    for chunk in library.catalogue.chunks_of(document_number(library, arguments.document, arguments.collection)):
        if arguments.json:
            print_json([asdict(chunk)])
        else:
            pages = f", page {chunk.page}" if chunk.page else ""
            print(f"--- {chunk.ordinal}: characters {chunk.start} to {chunk.end}{pages}  {chunk.heading}")
            print("\n".join(part for part in (chunk.context and f"[{chunk.context}]", chunk.text) if part))
    return 0
