"""Says which documents answer from older content: their files have changed since, and could not be read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from indexes.library import Library
from indexes.refused import OlderContent
from indexes.terminal import first_of, one_line
from ingest.web import is_address
from rag.said import say_n

Notes = Mapping[int, Sequence[str]]
"""Document -> for each of its sources that is out of date why it is."""


def older_notes(library: Library, documents: Collection[int] | None = None) -> Notes:
    """What is to be said of these documents, or of all of them."""
    notes = defaultdict(list)
    for older in library.catalogue.refused.older(documents):
        notes[older.document].append(_why(older))
    return notes


def _why(older: OlderContent) -> str:
    is_page = is_address(older.source)
    what = "the page could not be fetched again" if is_page else "the file has changed since and could not be read"
    return f"{what} ({one_line(older.reason).rstrip('.')})"


def older_summary(library: Library) -> str:
    """All of them in a line; empty where there are none."""
    sources = {older.document: older.source for older in library.catalogue.refused.older()}
    if not sources:
        return ""
    return say_n(
        len(sources),
        "{n} document answers from older content: {names}",
        "{n} documents answer from older content: {names}",
        names=first_of(list(sources.values())),
    )
