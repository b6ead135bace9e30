"""This file traces what became of a file, without its name."""

from __future__ import annotations

import time

from indexes.spans import Tracer
from ingest.ledger import Outcome

_UNREAD = ("unchanged", "skipped")


def trace(tracer: Tracer | None, outcome: Outcome) -> None:
    """A span for a file that has just ended, unless it was only looked at."""
    if tracer is None or outcome.state in _UNREAD:
        return
    end = time.perf_counter()
    counts = {"footnote.pages": outcome.pages, "footnote.passages": outcome.chunks}
    span = tracer.begin("ingest", {"footnote.outcome": outcome.state, **counts}, at=end - outcome.seconds)
    if outcome.state == "failed":
        span.fail("Unreadable" if outcome.is_final else "LoadError")
    span.end(end)
