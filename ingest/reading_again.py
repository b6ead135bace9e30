"""Reads documents again from their files, to bring back what the catalogue has lost of them."""

from __future__ import annotations

from collections.abc import Sequence

from indexes.library import Library
from indexes.terminal import first_of
from ingest.originals import original
from ingest.pipeline import Pipeline
from rag.said import say, say_all, say_n
from rag.types import DocumentRecord


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
    n_done, of = len(records) - len(left), len(records)
    done = say_n(of, "{done} of {n} document read again", "{done} of {n} documents read again", done=n_done)
    return say_all([done, say("add these again, or remove them: {names}", names=first_of(left))]) if left else done
