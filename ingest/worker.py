"""Takes the files of the job table in, one worker among several: `python -m ingest worker`, and every `add`."""

from __future__ import annotations

import os
import platform
import secrets
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self

from indexes.generation import clear_generations
from indexes.job_records import STATES, Ending, Job, NewJob
from indexes.jobs import JobTable
from indexes.keyword_index import clear_keyword_drafts
from indexes.library import Library
from indexes.tracing import open_tracer
from ingest.cutting import READERS
from ingest.drafts import clear_drafts
from ingest.files import File
from ingest.ledger import Outcome, Progress
from ingest.living import SignOfLife, is_alive
from ingest.pipeline import Pipeline
from ingest.sources import path_of, written
from ingest.swap import check_not_restoring
from ingest.sweeping import sweep
from ingest.traced_file import trace
from ingest.web import is_address
from ingest.weighing import tune_quietly
from rag.errors import Cancelled, FootnoteError, InputError, Replaced, StoreError

_TOLD_EVERY_S = 0.4
_BEAT_S = 5.0
_IDLE_S = 0.3
_REST_S = 300.0
_SWEEP_EVERY_S = 3600.0
_PAUSES_S = (2.0, 5.0, 10.0, 30.0)
"""After a failure that is not one file's, a full disk for example, the worker waits so long and tries again."""


class JobLedger:
    """Writes what becomes of a worker's files into the job table, and stops those that are not wanted any more."""

    def __init__(self, jobs: JobTable, owner: str, told: Progress | None = None) -> None:
        self._jobs = jobs
        self._owner = owner
        self._told = told
        self._steps: dict[int, tuple[str, int, int]] = {}
        self._mine: dict[int, Job] = {}
        self._lost: set[int] = set()
        self._lock = threading.Lock()
        self._written = 0.0

    def took(self, job: Job) -> None:
        """The worker has claimed a job."""
        with self._lock:
            self._mine[job.id] = job
            self._lost.discard(job.id)

    def step(self, file: File, stage: str, done: int, total: int) -> None:
        """Note where a file is; written down a few times a second. Raises Cancelled."""
        if file.job in self._lost:
            raise self._jobs.loss(file.job)
        with self._lock:
            self._steps[file.job] = (stage, done, total)
        if self._told:
            self._told(file.source, stage, done, total)
        if time.monotonic() - self._written > _TOLD_EVERY_S:
            self.write()

    def write(self) -> None:
        """Bring the table up to date, renew the leases and learn what was cancelled."""
        with self._lock:
            self._written = time.monotonic()
            steps, self._steps = self._steps, {}
            mine = set(self._mine)
            held = self._jobs.progress(self._owner, steps)
            self._lost |= mine - held

    def ended(self, file: File, outcome: Outcome, members: Sequence[File]) -> None:
        """Write a file's end and queue what was found inside of it; a part of its document's transaction."""
        counts = (outcome.document, outcome.pages, outcome.chunks, outcome.warnings)
        state = outcome.state
        if state not in ("ready", "unchanged", "failed"):
            raise ValueError(f"a file cannot end as {state!r}")
        given_up, (step, _, _) = READERS if outcome.is_final else "", self._steps.get(file.job, ("", 0, 0))
        ending = Ending(state, outcome.reason, *counts, given_up, step)  # type: ignore[arg-type]
        self._jobs.finish(file.job, self._owner, ending)
        job = self._mine[file.job]
        if members:
            self._jobs.add(job.batch, job.collection, [job_of(member, job.options) for member in members])

    def forget(self, file_job: int) -> None:
        """A file is through, one way or another."""
        with self._lock:
            self._mine.pop(file_job, None)
            self._steps.pop(file_job, None)
            self._lost.discard(file_job)

    def next_member(self) -> File | None:
        """None: members wait in the table, for any worker."""
        return None


class Worker:
    """One process's hands on the job table. Use it as a context manager."""

    def __init__(self, library: Library, told: Progress | None = None) -> None:
        self._library = library
        self._jobs = library.jobs
        self._home = library.settings.home
        self._is_alive = partial(is_alive, self._home)
        self.name = f"{platform.node()[:40] or 'host'}-{os.getpid()}-{secrets.token_hex(4)}"
        self._ledger = JobLedger(self._jobs, self.name, told)
        self._stopping = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._sign: SignOfLife | None = None
        self._tracer = open_tracer(library.settings)

    def __enter__(self) -> Self:
        self._library.catalogue.database.check_writable()
        self._sign = SignOfLife(self._home, self.name)
        try:
            check_not_restoring(self._library.catalogue.database)  # a restore looks for signs of life in its turn
        except StoreError:
            self._sign.end()
            raise
        clear_drafts(self._home)
        clear_generations(self._home)
        clear_keyword_drafts(self._home)
        self._beating.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._beating.join()
        with suppress(StoreError):  # where the disk is full the leases run out by themselves
            self._jobs.release(self.name, was_orderly=True)
        if self._sign is not None:
            self._sign.end()
        if self._tracer is not None:
            self._tracer.close()

    def _beat(self) -> None:
        """Renew the leases, also while one page takes long."""
        while not self._stopping.wait(_BEAT_S):
            if self._sign is not None:
                self._sign.renew()
            with suppress(StoreError):
                self._ledger.write()

    def work(self, batch: str | None = None) -> Iterator[Outcome]:
        """Outcomes of everything that can be claimed now, of one batch or of all; ends when nothing is left.

        What is wrong with more than one file is raised, and told to those that wait.
        """
        while (first := self._claim(batch)) is not None:
            reason = ""
            try:
                yield from self._take_in(first, batch)
            except FootnoteError as error:
                reason = str(error)
                raise
            finally:
                with suppress(StoreError):
                    self._jobs.release(self.name, was_orderly=True)
                    if reason:
                        self._jobs.explain(reason, batch)

    def see_to(self, ids: Collection[int]) -> Iterator[Outcome]:
        """Outcomes of these jobs, and of what is found inside of their files, whoever takes them in.

        The batch of this worker bears its name. Jobs of another living process are waited for; those of one that has
        died are taken over. A file that was taken from this worker, since it stood still, is told as it ends elsewhere;
        one whose row is damaged would never end, and is told as that.
        """
        told = {job.id for job in self._jobs.jobs() if job.is_finished and job.id not in ids}  # before this run
        sources: set[str] = set()
        while True:
            for outcome in self.work(self.name):
                if outcome.state not in ("cancelled", "taken over"):  # the table says how it ends
                    sources.add(outcome.source)
                    yield outcome
            jobs = self._jobs.watched(self.name, ids)
            read = {job.document for job in jobs if job.state == "ready" and job.document}
            jobs += self._jobs.inside(read)  # whoever read a file of ours has queued what is inside for its own batch
            for job in jobs:
                if _is_over(job) and job.id not in told:
                    told.add(job.id)
                    if job.source not in sources:
                        yield outcome_of(job)
            if all(map(_is_over, jobs)):
                return
            self._jobs.adopt(self.name, [job.id for job in jobs], self._is_alive)
            time.sleep(_IDLE_S)

    def serve(self, *, with_parent: bool = False) -> Iterator[Outcome]:
        """Work for ever; what is wrong with more than one file, a full disk for example, is waited out.

        Raises Replaced when another library was put in the place of this one, to which whoever queues files goes.
        `with_parent` ends with the process that started this one, and after a time without work, so that whoever
        keeps it running starts a small one in place of one that has loaded models.
        """
        n_failures, parent, last, is_tuned, swept = 0, os.getppid(), 0.0, False, -_SWEEP_EVERY_S
        while not with_parent or (os.getppid() == parent and (not last or time.monotonic() - last < _REST_S)):
            try:
                for outcome in self.work():
                    n_failures, last, is_tuned = 0, time.monotonic(), False
                    yield outcome
                self._library.catalogue.database.check_in_place()
                if not is_tuned:
                    self.tune()
                    is_tuned = True
                if time.monotonic() - swept > _SWEEP_EVERY_S:
                    sweep(self._library)
                    swept = time.monotonic()
                time.sleep(_IDLE_S)
            except Replaced:
                raise
            except FootnoteError as error:
                self._library.note(f"{error}; trying again")
                time.sleep(_PAUSES_S[min(n_failures, len(_PAUSES_S) - 1)])
                n_failures += 1
                self._library.notes.clear()

    def tune(self) -> None:
        """Tune the weights of collections that have grown, as long as no file waits."""
        tune_quietly(self._library, lambda: not self._stopping.is_set() and not self._jobs.has_open())

    def _claim(self, batch: str | None, like: Job | None = None) -> Job | None:
        job = self._jobs.claim(self.name, self._is_alive, batch=batch, like=like)
        if job is not None:
            self._ledger.took(job)
        return job

    def _take_in(self, first: Job, batch: str | None) -> Iterator[Outcome]:
        try:
            pipeline = Pipeline(self._library, first.collection, self._ledger, options=first.options)
        except InputError as error:  # an option of this file that an older version may have taken
            outcome = Outcome(first.source, "failed", str(error))
            self._ledger.ended(_file(first), outcome, ())
            self._ledger.forget(first.id)
            trace(self._tracer, outcome)
            yield outcome
            return
        numbers: dict[str, int] = {}
        for outcome in pipeline.add(self._files(first, batch, numbers)):
            number = numbers.pop(outcome.source, 0)
            if outcome.state == "cancelled":
                with suppress(Cancelled):  # it is off the list, or marked, already
                    self._jobs.finish(number, self.name, Ending("cancelled"))  # or it would be taken up for ever
            self._ledger.forget(number)
            trace(self._tracer, outcome)
            yield outcome

    def _files(self, first: Job, batch: str | None, numbers: dict[str, int]) -> Iterator[File]:
        """The first file and all that may go with it; one that a worker has died over goes alone."""
        job: Job | None = first
        while job is not None:
            numbers[job.source] = job.id
            yield _file(job)
            job = None if first.attempts > 1 else self._claim(batch, like=first)


def job_of(file: File, options: Mapping[str, Any]) -> NewJob:
    """What has to be queued for a file."""
    size = 0
    with suppress(OSError, ValueError):  # whoever reads it says what is wrong
        size = 0 if file.url else file.path.stat().st_size
    return NewJob(file.source, file.url or written(file.path), size, file.container, file.depth, options)


def _file(job: Job) -> File:
    url = job.path if is_address(job.path) else ""
    return File(path_of(job.path), job.source, job.container, job.depth, job.id, url)


def new_batch() -> str:
    """A name for files that were handed in together."""
    return secrets.token_hex(8)


def _is_over(job: Job) -> bool:
    """Whether nothing becomes of a job any more: it has ended, or is in a state that no worker knows."""
    return job.is_finished or job.state not in STATES


def outcome_of(job: Job) -> Outcome:
    """How a job ended, as the pipeline would say it."""
    if job.state not in STATES:
        return Outcome(
            job.source,
            "failed",
            f"Its row in the job table, number {job.id}, is damaged: {job.state!r} is no state, so that no worker "
            "takes it up; `python -m ingest doctor --repair` queues it again.",
        )
    seconds = round(max(0.0, job.finished_at - job.started_at), 3)
    return replace(
        Outcome(job.source, job.state, job.reason, job.document, job.pages, job.chunks, seconds),
        warnings=job.warnings,
        is_final=bool(job.given_up),
    )
