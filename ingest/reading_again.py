"""Reads documents again from their files, to bring back what the catalogue has lost of them."""

from __future__ import annotations

from collections.abc import Sequence

from indexes.library import Library
from indexes.terminal import first_of
from ingest.originals import original
from ingest.pipeline import Pipeline
from rag.types import DocumentRecord, counted


def read_again(library: Library, records: Sequence[DocumentRecord]) -> str:
    """How many were read, and which could not be; what is inside of a file comes with it."""
    ready: set[tuple[str, str]] = set()
    for record in records:
        if (record.collection, record.source) in ready:
            continue
        pipeline = Pipeline(library, record.collection, options=dict(record.options))
        for outcome in pipeline.add([original(library, record)], again=True):
            if outcome.state == "ready":
                ready.add((record.collection, outcome.source))
    left = [record.source for record in records if (record.collection, record.source) not in ready]
    said = f"{len(records) - len(left)} of {counted(len(records), 'document')} read again"
    return f"{said}; add these again, or remove them: {first_of(left)}" if left else said
