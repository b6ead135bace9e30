"""One reindex of a home at a time: who is at it, and how fast it goes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from indexes.job_records import FINISHED, RUNNING, Job, Moving, State
from indexes.library import Library
from indexes.ownership import Ownership, holder, is_held
from ingest.ledger import Outcome
from ingest.pace import pace
from ingest.swap import check_not_restoring
from rag.errors import StoreError
from rag.types import DocumentRecord

_TRIES = 5
_PAUSE_S = 0.05


def reindexing_process(home: Path) -> str:
    """The number of the process that reads this home's documents again just now; empty where there is none."""
    folder = _folder(home)
    return (holder(folder) or "unknown") if is_held(folder) else ""


@contextmanager
def reindexing(library: Library) -> Iterator[None]:
    """Be the one who does it. Raises StoreError while another process is, or where nothing can be written."""
    library.catalogue.database.check_writable()
    home = library.settings.home
    owner = _taken(_folder(home))
    if owner is None:
        who = holder(_folder(home)) or "unknown"
        raise StoreError(
            f"another reindex of {home} is running (process {who}): wait for its end, which `python -m ingest status` "
            "tells, or stop it and run this one again; what it has done until then stays"
        )
    try:
        check_not_restoring(library.catalogue.database)
        yield
    finally:
        owner.release()


def _taken(folder: Path) -> Ownership | None:
    """More than one try, since who only looks holds the folder for a moment, too."""
    for _ in range(_TRIES):
        if owner := Ownership.take(folder):
            return owner
        time.sleep(_PAUSE_S)
    return None


def _folder(home: Path) -> Path:
    return home / "reindex"


class Reading:
    """Documents that are read again, told as the job table tells of files, so that the same rules know their pace."""

    def __init__(self, records: Iterable[DocumentRecord]) -> None:
        self._began = time.time()
        self._jobs = {record.source: _job(record.source, record.size) for record in records}

    def progress(self, source: str, stage: str, done: int, total: int) -> None:
        """A document, or a file inside of one, is at this step."""
        job = self._jobs.get(source) or _job(source)
        started = job.started_at or time.time()
        self._jobs[source] = replace(job, state=cast("State", stage), done=done, total=total, started_at=started)

    def outcome(self, outcome: Outcome) -> None:
        """What became of it."""
        job, now = self._jobs.get(outcome.source) or _job(outcome.source), time.time()
        state: State = "ready" if outcome.state == "ready" else "failed"
        ended = replace(job, state=state, chunks=outcome.chunks, started_at=job.started_at or now)
        self._jobs[outcome.source] = replace(ended, finished_at=now)

    def busy_since(self) -> float:
        """The beginning."""
        return self._began

    def moving(self, since: float) -> Moving:
        """Those that are being read or got ready since then, and what waits."""
        jobs = list(self._jobs.values())
        moving = [job for job in jobs if job.state in RUNNING or (job.state == "ready" and job.finished_at > since)]
        waiting = [job.size for job in jobs if job.state not in (*RUNNING, *FINISHED)]
        return Moving(moving, len(waiting), sum(waiting))

    def told(self) -> str:
        """How fast it goes and how long the rest will take, as far as that is known."""
        return pace(self, time.time()).told


def _job(source: str, size: int = 0) -> Job:
    return Job(0, "", "", source, "", size, {}, None, 0)
