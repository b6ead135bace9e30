"""Documents that cannot be read again, since their bytes are nowhere any more, and what can be done about each.

Their text is kept, but not the headings, lists and tables that it is cut by, which only the file itself tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from indexes.library import Library
from indexes.terminal import first_of
from ingest.originals import is_there, original_path, outermost
from ingest.sources import path_of
from ingest.web import is_address
from rag.types import DocumentRecord, counted


def with_holder(library: Library, records: Sequence[DocumentRecord]) -> set[int]:
    """Those among these documents that come with a file that holds them, and that is read again itself."""
    home, sources = library.settings.home, library.catalogue.sources
    read = {record.id for record in records if is_there(original_path(home, record))}
    found = ((record, sources.find(record.collection, record.source)) for record in records)
    return {r.id for r, place in found if place is not None and not read.isdisjoint(sources.holders(place.container))}


def gone(library: Library, records: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    """Those among these documents that no reindex of them could read."""
    lost = [record for record in records if not is_there(original_path(library.settings.home, record))]
    held = with_holder(library, records) if lost else set()
    return [record for record in lost if record.id not in held]


def cure(library: Library, record: DocumentRecord) -> str:
    """What a person can do about one whose bytes are gone."""
    holder = outermost(library, record)
    if holder is not None:
        return f"`python -m ingest doctor --repair` takes it out of {holder.source} again"
    if is_address(record.source):
        return "`python -m ingest add` its address again"
    if path_of(record.source).is_absolute():
        return "put it back, or `python -m ingest sync` its folder, or `add` it from where it is now, or `remove` it"
    return "hand it in again under the same name, or `remove` it"


def told_gone(library: Library, records: Sequence[DocumentRecord]) -> Iterator[str]:
    """A line for each thing that can be done about documents that are gone."""
    names: Mapping[str, list[str]] = defaultdict(list)
    for record in records:
        names[cure(library, record)].append(f"{record.id} {record.source}")
    for deed, which in names.items():
        n = counted(len(which), "document")
        yield f"gone: {n} of these cannot be read again without the file: {first_of(which)}; {deed}"
