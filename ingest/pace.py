"""How fast files come in, and how long the rest will take, from nothing but what the job table says."""

from __future__ import annotations

from dataclasses import dataclass

from indexes.jobs import Job, JobTable

_RECENT_S = 60.0
_OPENING = 2000.0
"""Bytes that could be read in the time in which a file is opened."""
STEPS = {
    "queued": 0.0,
    "waiting": 0.0,
    "fetching": 0.0,
    "parsing": 0.02,
    "chunking": 0.3,
    "cut": 0.35,
    "embedding": 0.35,
    "indexing": 0.95,
}
"""Where on a file's way each step begins, as a share of it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Of the last minute; None where nothing has ended yet from which it could be told."""

    chunks_a_second: float
    seconds_left: float | None


def share_done(job: Job) -> float:
    """How far a file is, 0 to 1: its step, and what of the step is done."""
    if job.is_finished:
        return 1.0
    begin = STEPS.get(job.state, 0.0)
    end = min((other for other in [*STEPS.values(), 1.0] if other > begin), default=1.0)
    return begin + (end - begin) * min(1.0, job.done / max(1, job.total))


def pace(table: JobTable, now: float) -> Pace:
    """Bytes are what is counted, since they are known before a file is opened."""
    moving = table.moving(now - _RECENT_S)
    if not moving.jobs:
        return Pace(0.0, None)
    elapsed = max(0.1, now - min(max(now - _RECENT_S, job.started_at) for job in moving.jobs))
    n_chunks = sum(job.chunks if job.is_finished else job.done * (job.state == "embedding") for job in moving.jobs)
    read = sum(_weight(job) * share_done(job) for job in moving.jobs)
    left = sum(_weight(job) * (1 - share_done(job)) for job in moving.jobs)
    left += moving.bytes_waiting + moving.n_waiting * _OPENING
    return Pace(n_chunks / elapsed, left * elapsed / read if read else None)


def _weight(job: Job) -> float:
    return job.size + _OPENING


def duration(seconds: float) -> str:
    """For people, no more exact than it can be known: `2 h 5 min`, `4 min`, `40 s`."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes > 1 else f"{max(5, 5 * round(seconds / 5))} s"
