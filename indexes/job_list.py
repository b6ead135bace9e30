"""What the job table tells those who watch: which files are on their way, how fast, and how they ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from indexes.database import Database
from indexes.job_records import FINISHED, RUNNING, Job, Moving, State
from indexes.job_rows import JOB, job_from
from indexes.queries import JOBS_INSIDE

_PAUSE_S = 2.0
"""Without a file on its way for so long, what comes next is another run."""
_NEVER = float("inf")
_ALLOWED = "WITH jobs AS (SELECT * FROM main.jobs WHERE collection IN (SELECT value FROM json_each(?)))"
"""Stands for the table in all that follows."""


class _Within:
    """A database whose job table has the files of some collections alone, for statements that change nothing."""

    def __init__(self, database: Database, allowed: frozenset[str]) -> None:
        self._database = database
        self._allowed = json.dumps(sorted(allowed))

    def execute(self, sql: str, bindings: Sequence[object] = ()) -> Any:  # noqa: ANN401 - a cursor of apsw
        return self._database.execute(f"{_ALLOWED} {sql}", (self._allowed, *bindings))

    def rows(self, sql: str, bindings: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.execute(sql, bindings).fetchall()
        return rows

    def one(self, sql: str, bindings: Sequence[object] = ()) -> Any:  # noqa: ANN401 - a cell
        row = self.execute(sql, bindings).fetchone()
        return None if row is None else row[0]


class JobList:
    """The job table, looked at and not touched. With `allowed` it holds those of these collections alone."""

    def __init__(self, database: Database, allowed: frozenset[str] | None = None) -> None:
        self._database = database
        self._looked = database if allowed is None else _Within(database, allowed)

    def jobs(self, batch: str | None = None) -> list[Job]:
        """All files of the table, or of one batch, in the order in which they came."""
        rows = self._looked.rows(f"{JOB} WHERE ? IS NULL OR batch = ? ORDER BY id", (batch, batch))
        return [job_from(row) for row in rows]

    def began(self) -> float:
        """When the run began to which the files on their way belong, or the last one. Infinite where there are none.

        A file that is tried again belongs to the run in which it came.
        """
        return self._without_pause("queued_at")

    def busy_since(self) -> float:
        """Since when a file was always on its way; infinite where there are none."""
        return self._without_pause("max(queued_at, retried_at)")

    def _without_pause(self, came: str) -> float:
        is_open = f"state NOT IN {FINISHED}"
        found = self._looked.one(f"SELECT MIN({came}) FROM jobs WHERE {is_open}")  # noqa: S608
        start: float = _NEVER if found is None else found
        ends = f"SELECT finished_at, {came} FROM jobs WHERE NOT {is_open} ORDER BY finished_at DESC"  # noqa: S608
        for ended, queued in self._looked.execute(ends):
            if start != _NEVER and ended < start - _PAUSE_S:
                break
            start = min(start, queued)
        return start

    def on_their_way(self, limit: int) -> list[Job]:
        """The first files that are being read or wait, those that are being read before the others."""
        order = f"state NOT IN {RUNNING[1:]}, id"
        rows = self._looked.rows(f"{JOB} WHERE state NOT IN {FINISHED} ORDER BY {order} LIMIT ?", (limit,))
        return [job_from(row) for row in rows]

    def foremost(self, limit: int, *, is_quiet: bool = False, since: float = 0.0) -> list[Job]:
        """What a person wants to see first: running, failed, waiting, done, of those that ended the latest first.

        Files that were queued `since` then come before all others. When quiet only what needs attention.
        """
        attention = "WHERE state IN ('failed', 'cancelled') OR warnings <> '[]'" if is_quiet else ""
        rank = f"""CASE WHEN state IN {RUNNING[1:]} THEN 0 WHEN state = 'failed' THEN 1
            WHEN state IN ('waiting', 'queued') THEN 2 WHEN state = 'cancelled' THEN 3 ELSE 4 END"""
        return [
            job_from(row)
            for row in self._looked.rows(
                f"{JOB} {attention} ORDER BY queued_at < ?, {rank}, -finished_at, id LIMIT ?", (since, limit)
            )
        ]

    def moving(self, since: float) -> Moving:
        """What tells how fast files come in: those that run or got ready since then, and what waits."""
        rows = self._looked.rows(f"{JOB} WHERE state IN {RUNNING} OR (state = 'ready' AND finished_at > ?)", (since,))
        waiting = self._looked.rows("SELECT COUNT(*), total(size) FROM jobs WHERE state = 'queued'")[0]
        return Moving([job_from(row) for row in rows], *waiting)

    def watched(self, batch: str, ids: Collection[int]) -> list[Job]:
        """The files of a batch, and these."""
        sql = f"{JOB} WHERE batch = ? OR id IN (SELECT value FROM json_each(?)) ORDER BY id"  # noqa: S608
        return [job_from(row) for row in self._looked.rows(sql, (batch, json.dumps(list(ids))))]

    def inside(self, documents: Collection[int]) -> list[Job]:
        """Files that were found inside of these documents, at whatever depth, and what became of them."""
        sql = f"{JOB} WHERE id IN ({JOBS_INSIDE}) ORDER BY id"
        return [job_from(row) for row in self._looked.rows(sql, (json.dumps(list(documents)),))]

    def paths(self) -> set[str]:
        """Where the bytes of all files are that are to be read, or may be tried again."""
        sql = "SELECT path FROM jobs WHERE state NOT IN ('ready', 'unchanged') AND typeof(path) = 'text'"
        return {row[0] for row in self._looked.rows(sql)}

    def job(self, job_id: int) -> Job | None:
        """One file; None when it is not in the table."""
        row = self._looked.execute(f"{JOB} WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else job_from(row)

    def counts(self, since: float | None = None) -> dict[State, int]:
        """How many files are in each state, of all or of those that were queued since then."""
        sql = "SELECT state, COUNT(*) FROM jobs WHERE ? IS NULL OR queued_at >= ? GROUP BY state"
        return dict(self._looked.rows(sql, (since, since)))

    def failures(self, since: float, before: float = _NEVER) -> tuple[int, float]:
        """How many files that were queued `before` then have failed since, and when the last of them did; `since`
        itself where there are none."""
        sql = """SELECT COUNT(*), coalesce(MAX(finished_at), ?) FROM jobs
            WHERE state = 'failed' AND finished_at > ? AND queued_at < ?"""
        n_failed, last = self._looked.rows(sql, (since, since, before))[0]
        return n_failed, last

    def left_over(self, limit: int, *, since: float, dismissed: float) -> list[Job]:
        """What did not come in: of the run that began `since` then what failed or was cancelled, and after it what
        failed in earlier ones and was not dismissed, those that ended the latest first."""
        rows = self._looked.rows(
            f"""{JOB} WHERE (queued_at >= ? AND state IN ('failed', 'cancelled'))
            OR (state = 'failed' AND finished_at > ?)
            ORDER BY queued_at < ?, state = 'cancelled', -finished_at, id LIMIT ?""",
            (since, dismissed, since, limit),
        )
        return [job_from(row) for row in rows]

    def has_open(self, batch: str | None = None) -> bool:
        """Whether a file is queued or being read."""
        sql = f"SELECT 1 FROM jobs WHERE state NOT IN {FINISHED} AND (? IS NULL OR batch = ?) LIMIT 1"  # noqa: S608
        return self._looked.one(sql, (batch, batch)) is not None

    def open_source(self, collection: str, source: str) -> Job | None:
        """The job of a file that is on its way."""
        sql = f"{JOB} WHERE collection = ? AND source = ? AND state NOT IN {FINISHED}"
        row = self._looked.execute(sql, (collection, source)).fetchone()
        return None if row is None else job_from(row)
