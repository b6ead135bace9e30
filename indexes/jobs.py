"""The job table: every file on its way in, who is at it, and how far it has come.

Each file is done by exactly one worker. A worker takes a lease on it, which it renews while it lives; the lease of a
worker that has ended, or that has been silent for too long, is free for others. Whoever finishes a file says so in the
transaction that makes its document visible, and that fails when the lease is gone or the file was cancelled.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from indexes.job_list import JobList
from indexes.job_records import FINISHED, RUNNING, Ending, Job, NewJob
from rag.errors import Cancelled, TakenOver

LEASE_S = 30.0
_AGAIN = "again"
"""The step of a file that was asked for once more while it was being read."""
_NEAREST = 64
_PLACE_BYTES = 100_000
"""Of the nearest files in the queue a file waits as if it had come a place later for each so many bytes of its own."""
MOST_ATTEMPTS = 3
"""So often may the worker die while it is at a file, before the file counts as the reason."""
_DIED = (
    "{name} was being read when its worker died, {n} times in a row, so it is left alone: try it again if the worker "
    "was ended by somebody; else it may need more memory than there is: split it, or let nothing else run."
)

IsAlive = Callable[[str], bool]
"""Whether the process of this name still runs, which holds files or waits for a batch."""


class JobTable(JobList):
    """Jobs of one home. Threads and processes may share it."""

    # -- for who wants files taken in --------------------------------------------------------------------------

    def add(
        self, batch: str, collection: str, jobs: Iterable[NewJob], is_alive: IsAlive = lambda _batch: False
    ) -> list[int]:
        """Queue files; the ids. One that is on its way already is not queued twice.

        It joins this batch, unless the batch that it belongs to is that of a process that still lives. One that is
        being read just now is looked at again when that is done, since it may have changed meanwhile.
        """
        with self._database.writing():
            numbers = [self._add(batch, collection, job) for job in jobs]
            self.adopt(batch, numbers, is_alive)
            return numbers

    def _add(self, batch: str, collection: str, job: NewJob) -> int:
        where = (collection, job.source)
        sql = f"""UPDATE jobs SET path = CASE state WHEN 'queued' THEN ? ELSE path END,
            step = CASE WHEN state IN ('queued', 'waiting') THEN '' ELSE '{_AGAIN}' END
            WHERE collection = ? AND source = ? AND state NOT IN {FINISHED}"""  # noqa: S608
        self._database.execute(sql, (job.path, *where))
        sql = f"DELETE FROM jobs WHERE collection = ? AND source = ? AND state IN {FINISHED}"  # noqa: S608
        self._database.execute(sql, where)
        row = (batch, *where, job.path, job.size, json.dumps(dict(job.options), sort_keys=True))
        sql = """INSERT OR IGNORE INTO jobs
            (batch, collection, source, path, size, options, container_id, depth, state, queued_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)"""
        self._database.execute(sql, (*row, job.container, job.depth, time.time()))
        sql = f"SELECT id FROM jobs WHERE collection = ? AND source = ? AND state NOT IN {FINISHED}"  # noqa: S608
        return int(self._database.one(sql, where))

    def adopt(self, batch: str, ids: Collection[int], is_alive: IsAlive) -> None:
        """Let open jobs belong to this batch whose own one has nobody left to see to it."""
        wanted = json.dumps(list(ids))
        sql = f"""SELECT DISTINCT batch FROM jobs WHERE batch <> ? AND state NOT IN {FINISHED}
            AND id IN (SELECT value FROM json_each(?))"""  # noqa: S608
        for (other,) in self._database.rows(sql, (batch, wanted)):
            if not is_alive(other):
                sql_adopt = "UPDATE jobs SET batch = ? WHERE batch = ? AND id IN (SELECT value FROM json_each(?))"
                with self._database.writing():
                    self._database.execute(sql_adopt, (batch, other, wanted))

    def cancel(self, ids: Iterable[int]) -> None:
        """Take files off their way. What a worker has not yet made visible never will be.

        One that was given up before, and tried again by `retry`, has failed as it had before.
        """
        wanted = [(time.time(), number) for number in ids]
        sql = f"""UPDATE jobs SET step = state, state = 'cancelled', owner = '', finished_at = ?
            WHERE id = ? AND state NOT IN {FINISHED}"""  # noqa: S608
        sql_known = """UPDATE jobs SET state = 'failed', step = '', reason = r.reason FROM refused r
            WHERE finished_at = ? AND id = ? AND state = 'cancelled' AND given_up = r.readers
                AND r.collection = jobs.collection AND r.source = jobs.source"""
        with self._database.writing():
            self._database.execute_many(sql, wanted)
            self._database.execute_many(sql_known, wanted)

    def drop_members(self, container: int, but: Collection[str]) -> None:
        """Forget the files that were found inside of a document, all but these sources; who reads one will learn it."""
        sql = "DELETE FROM jobs WHERE container_id = ? AND source NOT IN (SELECT value FROM json_each(?))"
        self._database.execute(sql, (container, json.dumps(list(but))))

    def drop_ended(self, document: int) -> None:
        """Forget the files that became a document which is no more: nobody shall read that they are ready."""
        sql = "DELETE FROM jobs WHERE document_id = ? AND state IN ('ready', 'unchanged')"
        self._database.execute(sql, (document,))

    def cancel_batch(self, batch: str) -> None:
        """Take everything off its way that a batch still wants."""
        self.cancel(job.id for job in self.jobs(batch) if not job.is_finished)

    def fail_batch(self, batch: str, reason: str) -> None:
        """End what a batch still waits for, for a reason that is no file's; what other workers read goes on."""
        sql = "UPDATE jobs SET state = 'failed', reason = ?, finished_at = ? WHERE batch = ? AND state = 'queued'"
        with self._database.writing():
            self._database.execute(sql, (reason, self._now(), batch))

    def retry(self, ids: Iterable[int], options: Mapping[str, Any] | None = None) -> None:
        """Queue files again that failed or were cancelled, if wanted with other settings.

        They stay a part of their run, and one that was given up is known as that until the new try ends.
        """
        changed = json.dumps(options, sort_keys=True) if options is not None else None
        sql = """UPDATE OR IGNORE jobs SET state = 'queued', step = '', done = 0, total = 0, reason = '', attempts = 0,
            owner = '', retried_at = ?, finished_at = 0, options = coalesce(?, options)
            WHERE id = ? AND state IN ('failed', 'cancelled')"""
        with self._database.writing():
            self._database.execute_many(sql, [(time.time(), changed, number) for number in ids])

    def clear(self, ids: Collection[int] | None = None) -> int:
        """Take finished files off the list, these or all; how many. Documents stay, and so does what is refused."""
        sql = f"""DELETE FROM jobs WHERE state IN {FINISHED}
            AND (? IS NULL OR id IN (SELECT value FROM json_each(?))) RETURNING id"""  # noqa: S608
        wanted = None if ids is None else json.dumps(list(ids))
        with self._database.writing():
            return len(self._database.rows(sql, (wanted, wanted)))

    # -- for workers -------------------------------------------------------------------------------------------

    def claim(self, owner: str, is_alive: IsAlive, *, batch: str | None = None, like: Job | None = None) -> Job | None:
        """Take the lease on the next file; None when there is none to be had.

        `batch` looks among those of one batch alone, `like` among those of the same collection and settings. A file
        whose worker died comes last and only without `like`: it may have been the reason, and is tried alone.
        """
        gone = self._gone(owner, is_alive)
        if not gone and self._database.one(_ANY_QUEUED, (batch, batch)) is None:
            return None  # without a lock on the table, since an idle worker asks often
        with self._database.writing():
            if gone:  # it looks at all that is queued
                self._free(gone)
            first = (batch, batch, *_group(like))
            number = self._database.one(_NEXT, first)
            if number is None and like is None:
                number = self._database.one(f"{_QUEUED} ORDER BY id LIMIT 1", first)
            if number is None:
                return None
            sql = """UPDATE jobs SET state = 'waiting', reason = '', owner = ?, lease_until = ?,
                attempts = attempts + 1, started_at = ? WHERE id = ?"""
            self._database.execute(sql, (owner, self._ticks() + LEASE_S, self._now(), number))
            return self.job(number)

    def _gone(self, asking: str, is_alive: IsAlive) -> list[str]:
        """Workers that hold files but have ended, or have been silent for too long; who asks is not, however long it
        stood still: what it holds was taken by nobody."""
        sql = f"SELECT owner, MIN(CAST(lease_until AS REAL)) FROM jobs WHERE state IN {RUNNING} GROUP BY owner"  # noqa: S608
        leases = self._database.rows(sql)
        now = self._ticks()  # later than any of them was written
        return [
            owner
            for owner, until in leases
            if owner != asking and (not now <= until <= now + LEASE_S or not is_alive(owner))
        ]

    def _free(self, gone: Sequence[str]) -> None:
        """Queue again what belonged to workers that are gone; what has cost too many of them has failed."""
        for owner in gone:
            self.release(owner)
        over = "SELECT id, source, attempts FROM jobs WHERE state = 'queued' AND attempts >= ?"
        for number, source, n in self._database.rows(over, (MOST_ATTEMPTS,)):
            reason = _DIED.format(name=str(source).rsplit("/", 1)[-1], n=n)
            sql = "UPDATE jobs SET state = 'failed', reason = ?, finished_at = ? WHERE id = ?"
            self._database.execute(sql, (reason, self._now(), number))

    def release(self, owner: str, *, was_orderly: bool = False) -> None:
        """Put back what a worker holds; one that stops in good order has not died over its files."""
        sql = f"""UPDATE jobs SET state = 'queued', step = '', owner = '', done = 0, total = 0,
            attempts = attempts - ?
            WHERE owner = ? AND state IN {RUNNING}"""  # noqa: S608
        with self._database.writing():
            self._database.execute(sql, (int(was_orderly), owner))

    def progress(self, owner: str, steps: Mapping[int, tuple[str, int, int]]) -> set[int]:
        """Write where files are (state, done, total) and renew the worker's leases; the ids that it still holds."""
        sql = "UPDATE jobs SET state = ?, done = ?, total = ? WHERE id = ? AND owner = ?"
        with self._database.writing():
            self._database.execute_many(sql, [(*step, number, owner) for number, step in steps.items()])
            self._database.execute("UPDATE jobs SET lease_until = ? WHERE owner = ?", (self._ticks() + LEASE_S, owner))
            rows = self._database.rows(f"SELECT id FROM jobs WHERE owner = ? AND state IN {RUNNING}", (owner,))  # noqa: S608
            return {row[0] for row in rows}

    def explain(self, reason: str, batch: str | None = None) -> None:
        """Let the files that wait, of one batch or all, say why: something is wrong that is no file's fault."""
        sql = "UPDATE jobs SET reason = ? WHERE state = 'queued' AND (? IS NULL OR batch = ?)"
        with self._database.writing():
            self._database.execute(sql, (reason, batch, batch))

    def finish(self, job_id: int, owner: str, ending: Ending) -> None:
        """Write a file's end, within the transaction of its document where there is one.

        Raises what `loss` says when the worker has it no more: then nothing may become visible.
        """
        sql = f"""UPDATE jobs SET step = CASE ? WHEN 'failed' THEN coalesce(nullif(?, ''), state) ELSE '' END,
            state = CASE step WHEN '{_AGAIN}' THEN 'queued' ELSE ? END, reason = ?,
            attempts = CASE step WHEN '{_AGAIN}' THEN 0 ELSE attempts END,
            document_id = ?, pages = ?, chunks = ?, warnings = ?, given_up = ?, owner = '', finished_at = ?
            WHERE id = ? AND owner = ? RETURNING id"""  # noqa: S608
        counts = (ending.document, ending.pages, ending.chunks, json.dumps(list(ending.warnings)), ending.given_up)
        with self._database.writing():
            row = (ending.state, ending.step, ending.state, ending.reason, *counts, self._now(), job_id, owner)
            if self._database.one(sql, row) is None:
                raise self.loss(job_id)

    def loss(self, job_id: int) -> Cancelled:
        """Why a worker has lost a file: another one was given it, or nobody wants it any more."""
        state = self._database.one("SELECT state FROM jobs WHERE id = ?", (job_id,))
        return Cancelled("cancelled") if state in (None, "cancelled") else TakenOver("taken over by another worker")

    @staticmethod
    def _now() -> float:
        return time.time()

    @staticmethod
    def _ticks() -> float:
        """The clock of leases: all processes share it, nobody sets it, and it stands still while the machine sleeps.

        It begins anew with the machine, whose workers are all gone then.
        """
        return time.monotonic()


def _group(like: Job | None) -> tuple[Any, ...]:
    options = None if like is None else json.dumps(dict(like.options), sort_keys=True)
    collection = None if like is None else like.collection
    return collection, collection, options, options


_ANY_QUEUED = "SELECT 1 FROM jobs WHERE state = 'queued' AND (? IS NULL OR batch = ?) LIMIT 1"
_QUEUED = """SELECT id, size FROM jobs WHERE state = 'queued' AND (? IS NULL OR batch = ?)
    AND (? IS NULL OR collection = ?) AND (? IS NULL OR options = ?)"""
_NEXT = f"""SELECT id FROM ({_QUEUED} AND attempts = 0 ORDER BY id LIMIT {_NEAREST})
    ORDER BY id + size / {_PLACE_BYTES}, id LIMIT 1"""  # noqa: S608
"""Small files pass a large one, but never more of them than it has parts of that size: nothing waits for ever."""
