"""How much of the time the parser and the embedder work side by side, seen from outside of one run.

`python -m ingest add --json --events` tells every step as it happens; its lines get the time at which they arrive here.
A file is being parsed from its first `parsing` to its `chunking` (its last step, where it fails), and embedded from its
first `embedding` to the one that says that all of it is done.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.processes import over

Spans = list[tuple[float, float]]
"""Stretches of time, in order and apart from each other."""
Event = tuple[float, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Seconds."""

    wall: float
    parsing: float
    embedding: float
    both: float

    def __str__(self) -> str:
        share = self.both / self.wall if self.wall else 0.0
        return (
            f"side by side, by the events of one more run: parser busy {self.parsing:.1f} s, embedder busy "
            f"{self.embedding:.1f} s, both {self.both:.1f} s: {share:.0%} of the {self.wall:.1f} s from the first "
            "event to the last"
        )


def overlap(folder: Path, home: Path) -> str:
    """The sentence about one ingestion of a folder into an empty home."""
    return str(of_events(_events(folder, home)))


def _events(folder: Path, home: Path) -> list[Event]:
    with over(home, "ingest", "add", str(folder.absolute()), "--json", "--events") as adding:
        return [(time.perf_counter(), json.loads(line)) for line in adding.stdout or ()]


def of_events(events: Sequence[Event]) -> Overlap:
    """From events with the seconds at which they arrived."""
    parsing = joined(_spans(events, {"parsing"}, {"chunking", "failed"}))
    embedding = joined(_spans(events, {"embedding"}, {"embedding"}))
    wall = events[-1][0] - events[0][0] if events else 0.0
    return Overlap(wall, total(parsing), total(embedding), total(shared(parsing, embedding)))


def _spans(events: Iterable[Event], starts: set[str], ends: set[str]) -> Spans:
    begun: dict[str, float] = {}
    spans = []
    for at, event in events:
        source, state = event.get("source", ""), event.get("state")
        if state in ends and source in begun and (state != "embedding" or event["done"] >= event["total"]):
            spans.append((begun.pop(source), at))
        elif state in starts:
            begun.setdefault(source, at)
    return spans


def joined(spans: Iterable[tuple[float, float]]) -> Spans:
    """The same time with no stretch twice."""
    apart: Spans = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return apart


def shared(first: Spans, second: Spans) -> Spans:
    """The time that lies in both."""
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return joined((start, end) for start, end in pairs if start < end)


def total(spans: Spans) -> float:
    """Seconds in all."""
    return sum(end - start for start, end in spans)
