"""The board of files on their way in: queued, read by one child process at a time, and shown with true counters.

It belongs to the server process, not to a browser tab, so a closed tab stops nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from app.ingest_child import IngestChild
from app.uploads import Upload, free_name, spool

State = Literal["queued", "parsing", "chunking", "embedding", "indexing", "ready", "unchanged", "failed", "cancelled"]
RUNNING: tuple[State, ...] = ("parsing", "chunking", "embedding", "indexing")
FINISHED: tuple[State, ...] = ("ready", "unchanged", "failed", "cancelled")

Holder = Callable[[str, str], str | None]
"""(collection, name) -> the SHA-256 of what is listed there."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file on its way in; `done` of `total` counts pages while parsing and passages while embedding."""

    id: int
    collection: str
    upload: Upload
    state: State = "queued"
    done: int = 0
    total: int = 0
    reason: str = ""
    document: int | None = None
    pages: int = 0
    chunks: int = 0
    warnings: tuple[str, ...] = ()
    is_alone: bool = False
    """Read by a child of its own: the one that it shared was killed, and any file in it may have been why."""

    @property
    def name(self) -> str:
        """The name under which the file is listed."""
        return self.upload.name

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


class JobBoard:
    """Takes uploads of one home. Threads may share it."""

    def __init__(self, home: Path, holder: Holder) -> None:
        self._home = home
        self._holder = holder
        self._jobs: dict[int, Job] = {}
        self._lock = threading.RLock()
        self._worker: threading.Thread | None = None
        self._child: IngestChild | None = None
        self._given: frozenset[int] = frozenset()
        self._last_id = 0

    def jobs(self) -> tuple[Job, ...]:
        """All files on the board in the order in which they came."""
        with self._lock:
            return tuple(self._jobs.values())

    @property
    def is_busy(self) -> bool:
        """Whether a file is queued or being read."""
        return any(not job.is_finished for job in self.jobs())

    def add(self, files: Iterable[tuple[str, bytes | memoryview]], collection: str) -> list[Job]:
        """Keep uploads (name, content) on disk and queue them; one that is on its way already is not queued twice."""
        jobs = [self._queue(spool(self._home, name, content), collection) for name, content in files]
        with self._lock:
            if self._worker is None and jobs:
                self._start()
        return jobs

    def _queue(self, upload: Upload, collection: str) -> Job:
        with self._lock:
            name = free_name(upload.name, upload.sha256, lambda other: self._held(collection, other))
            coming = [job for job in self._open_jobs(collection) if job.name == name]
            if coming:
                return coming[0]
            self._forget(lambda job: (job.collection, job.name) == (collection, name))
            self._last_id += 1
            job = self._jobs[self._last_id] = Job(self._last_id, collection, replace(upload, name=name))
        return job

    def cancel(self, job_id: int) -> None:
        """Take a file off its way; others that the same child was to read go on in a new one."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.is_finished:
                return
            self._set(job_id, state="cancelled", done=0, total=0)
            if self._child is not None and job_id in self._given:
                self._child.kill()

    def retry(self, job_id: int) -> None:
        """Queue a file again that failed or was cancelled."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None and job.state in ("failed", "cancelled"):
                self._set(job_id, state="queued", reason="", done=0, total=0)
                if self._worker is None:
                    self._start()

    def clear(self, job_ids: Iterable[int] | None = None) -> None:
        """Take finished files off the board: these, or all."""
        wanted = None if job_ids is None else set(job_ids)
        with self._lock:
            self._forget(lambda job: job.is_finished and (wanted is None or job.id in wanted))

    def close(self) -> None:
        """Stop reading; what is listed as ready is kept."""
        with self._lock:
            for job in self.jobs():
                self.cancel(job.id)

    def wait(self, seconds: float) -> bool:
        """Whether all files are through within this time."""
        worker = self._worker
        if worker is not None:
            worker.join(seconds)
        return not self.is_busy

    def _held(self, collection: str, name: str) -> str | None:
        coming = [job.upload.sha256 for job in self._open_jobs(collection) if job.name == name]
        return coming[0] if coming else self._holder(collection, name)

    def _open_jobs(self, collection: str) -> list[Job]:
        return [job for job in self._jobs.values() if job.collection == collection and not job.is_finished]

    def _forget(self, is_gone: Callable[[Job], bool]) -> None:
        self._jobs = {number: job for number, job in self._jobs.items() if not is_gone(job)}

    def _set(self, job_id: int, **values: Any) -> None:  # noqa: ANN401
        self._jobs[job_id] = replace(self._jobs[job_id], **values)

    # -- the worker --------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._worker = threading.Thread(target=self._work, name="ingest", daemon=True)
        self._worker.start()

    def _work(self) -> None:
        while batch := self._next_batch():
            self._read(batch)

    def _next_batch(self) -> list[Job]:
        """All queued files of the collection whose turn it is, or one alone; none left ends the worker."""
        with self._lock:
            queued = [job for job in self._jobs.values() if job.state == "queued"]
            if not queued:
                self._worker = None
            elif queued[0].is_alone:
                return queued[:1]
            return [job for job in queued if job.collection == queued[0].collection and not job.is_alone]

    def _read(self, batch: Sequence[Job]) -> None:
        ids = {job.name: job.id for job in batch}
        files = [(job.upload.path, job.name) for job in batch]
        try:
            child = IngestChild(self._home, batch[0].collection, files)
        except OSError as error:
            self._end(
                ids.values(), f"The process that reads the files cannot be started ({error.strerror}): try again."
            )
            return
        with self._lock:
            self._child, self._given = child, frozenset(ids.values())
            if any(job.state == "cancelled" for job in self._of(ids.values())):
                child.kill()
        for event in child.events():
            with self._lock:
                self._note(ids.get(event.get("source", ""), 0), event)
        self._end(ids.values(), child.last_words(), was_killed=child.was_killed)

    def _of(self, job_ids: Iterable[int]) -> list[Job]:
        return [self._jobs[number] for number in job_ids if number in self._jobs]

    def _note(self, job_id: int, event: Mapping[str, Any]) -> None:
        job = self._jobs.get(job_id)
        if job is None or job.state == "cancelled":
            return
        known = {name: event[name] for name in ("state", "done", "total", "reason", "document") if name in event}
        if "warnings" in event:
            known |= {"pages": event["pages"], "chunks": event["chunks"], "warnings": tuple(event["warnings"])}
        self._set(job_id, **known)

    def _end(self, job_ids: Iterable[int], reason: str, *, was_killed: bool = False) -> None:
        """After a child's end. What it had not begun goes to the next one. What it had begun has failed, unless it was
        not to blame: a cancelled file ended the child, or the child was killed and several files may have been why."""
        with self._lock:
            self._child, self._given = None, frozenset()
            jobs = self._of(job_ids)
            was_stopped = any(job.state == "cancelled" for job in jobs)
            has_begun = any(job.state != "queued" for job in jobs)
            suspects = [job for job in jobs if job.state in RUNNING]
            for job in jobs:
                if job.is_finished:
                    continue
                if job in suspects and was_killed and not was_stopped and len(suspects) > 1:
                    self._set(job.id, state="queued", done=0, total=0, is_alone=True)
                elif was_stopped or (has_begun and job.state == "queued"):
                    self._set(job.id, state="queued", done=0, total=0)
                else:
                    self._set(job.id, state="failed", reason=reason)
