"""How fast files come in, and how long the rest will take, by what the job table, or one like it, says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from indexes.job_records import Job, Moving
from rag.types import counted

_RECENT_S = 60.0
"""Of these seconds is the rate; over a longer time what is left to do is judged, since some files take many seconds."""
_LONG_S = 600.0
_OPENINGS = (1_000.0, 3_000.0, 10_000.0, 30_000.0, 100_000.0, 300_000.0)
"""What a file may cost however small it is, in bytes that could be read meanwhile: little among texts, of which every
byte is embedded, much among scans and slides. Which fits is seen from the files that are done."""
_SOONEST_S = 5.0
_FEWEST_FILES = 3
_LEAST_SHARE, _MUCH = 0.1, 1 / 3
"""Nothing is told of the time left before so much is done: of the bytes too, since small files often come first and
say little about large ones; much of the bytes is enough, in however few files. After a minute neither matters. Of the
passages that wait for the embedder nothing is told before, however long it takes."""
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
_BEFORE_EMBEDDED = ("cut", "embedding")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast files come in."""

    chunks_a_second: float
    """In the last minute."""
    seconds_left: float | None
    """None where too little is done yet from which it could be told, and where nothing is left to do."""

    @property
    def told(self) -> str:
        """What is known of it, in words; empty where nothing is. No rate is told below one a second: what is scanned
        has few passages, however fast its pages are read."""
        rate, left = round(self.chunks_a_second), self.seconds_left
        told = [f"{counted(rate, 'passage')} a second"] if rate else []
        return ", ".join([*told, f"about {duration(left)} left"] if left is not None else told)


def share_done(job: Job) -> float:
    """How far a file is, 0 to 1: its step, and what of the step is done."""
    if job.is_finished:
        return 1.0
    begin = STEPS.get(job.state, 0.0)
    end = min((other for other in [*STEPS.values(), 1.0] if other > begin), default=1.0)
    return begin + (end - begin) * min(1.0, job.done / max(1, job.total))


class Table(Protocol):
    """Knows the files on their way."""

    def busy_since(self) -> float: ...
    def moving(self, since: float) -> Moving: ...


def pace(table: Table, now: float) -> Pace:
    """Bytes are what is counted, since they are known before a file is opened, and what every file takes besides."""
    moving = table.moving(max(now - _LONG_S, table.busy_since()))
    if not moving.jobs:
        return Pace(0.0, None)
    elapsed = _elapsed(moving.jobs, now, _LONG_S)
    is_over = not moving.n_waiting and all(job.is_finished for job in moving.jobs)
    known = not is_over and _is_enough(moving, elapsed)
    return Pace(_rate(moving.jobs, now), _left(moving, now, elapsed) if known else None)


def _is_enough(moving: Moving, elapsed: float) -> bool:
    """Whether the files that are done, or are being read, say something about those that are not."""
    if elapsed >= _RECENT_S:
        return any(map(share_done, moving.jobs))
    if elapsed < _SOONEST_S:
        return False
    n_bytes = sum(job.size for job in moving.jobs) + moving.bytes_waiting
    read = sum(job.size * share_done(job) for job in moving.jobs)
    if moving.n_waiting and read >= _MUCH * n_bytes:
        return True
    n_done, n_files = sum(job.is_finished for job in moving.jobs), len(moving.jobs) + moving.n_waiting
    if moving.n_waiting and n_done < _FEWEST_FILES:
        return False
    return read >= _LEAST_SHARE * n_bytes and sum(map(share_done, moving.jobs)) >= _LEAST_SHARE * n_files


def _left(moving: Moving, now: float, elapsed: float) -> float | None:
    opening = _opening(moving.jobs, now, elapsed)
    done = [((job.size + opening), share_done(job)) for job in moving.jobs]
    read = sum(weight * share for weight, share in done)
    left = sum(weight * (1 - share) for weight, share in done) + moving.bytes_waiting + moving.n_waiting * opening
    embedding = _embedding_left(moving, elapsed)
    return max(left * elapsed / read, embedding) if read and embedding is not None else None


def _embedding_left(moving: Moving, elapsed: float) -> float | None:
    """Where nearly all is read, what the passages that are cut take at least: of texts nearly all of the time, of scans
    hardly any, which no step tells. None where too little has been embedded yet from which it could be known: in that
    time most was read.

    As long as much is still to be read the embedder may have to wait for it, and its pace says little.
    """
    left = [job for job in moving.jobs if not job.is_finished]
    n_left = sum(job.total - job.done for job in left if job.state in _BEFORE_EMBEDDED)
    unread = moving.bytes_waiting + sum(job.size for job in left if job.state not in (*_BEFORE_EMBEDDED, "indexing"))
    n_bytes = moving.bytes_waiting + sum(job.size for job in moving.jobs)
    if not n_left or unread > _LEAST_SHARE * n_bytes:
        return 0.0
    n_done = _embedded(moving.jobs)
    return n_left * elapsed / n_done if n_done >= _LEAST_SHARE * (n_done + n_left) else None


def _opening(jobs: Sequence[Job], now: float, elapsed: float) -> float:
    """The one under which work went on most evenly: by which the work done so far is most nearly one rate's."""
    ended = sorted((job for job in jobs if job.is_finished), key=lambda job: job.finished_at)
    at = np.array([*(job.finished_at - now + elapsed for job in ended), elapsed])
    shares = [(job.size, share_done(job)) for job in jobs if not job.is_finished]
    n_files = np.append(np.arange(1.0, len(ended) + 1), len(ended) + sum(share for _, share in shares))
    n_bytes = np.cumsum([*(job.size for job in ended), sum(size * share for size, share in shares)])

    def unevenness(opening: float) -> float:
        work = opening * n_files + n_bytes
        return float(1 - (work @ at) ** 2 / ((work @ work) * (at @ at)))

    return min(_OPENINGS, key=unevenness) if ended else _OPENINGS[0]


def _rate(jobs: Sequence[Job], now: float) -> float:
    recent = [job for job in jobs if not job.is_finished or job.finished_at > now - _RECENT_S]
    return _embedded(recent) / _elapsed(jobs, now, _RECENT_S)


def _embedded(jobs: Sequence[Job]) -> int:
    return sum(job.chunks if job.is_finished else job.done * (job.state == "embedding") for job in jobs)


def _elapsed(jobs: Sequence[Job], now: float, most: float) -> float:
    """Seconds since the first of them was begun."""
    return max(0.1, min(most, now - min(job.started_at for job in jobs)))


def duration(seconds: float) -> str:
    """For people, no more exact than it can be known: `2 h 5 min`, `4 min`, `40 s`."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes > 1 else f"{max(5, 5 * round(seconds / 5))} s"
