"""`list`, `remove` and `chunks`: what is there, out with it, and how it was cut."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from indexes.library import Library
from indexes.terminal import one_line
from ingest.commands.showing import document_number, print_json
from ingest.removal import remove as take_out


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
    """Documents out, with what was found inside of them."""
    library: Library = arguments.open_library()
    numbers = [document_number(library, text, arguments.collection) for text in arguments.documents]
    for number in dict.fromkeys(numbers):
        source = library.catalogue.document(number).source
        take_out(library, [number])
        if arguments.json:
            print_json([{"document": number, "source": source, "state": "removed"}])
        else:
            print(f"removed {number} {one_line(source)}")
    library.keyword.refresh()
    return 0


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
