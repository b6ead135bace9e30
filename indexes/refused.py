"""Files that failed, and which bytes did, so that those that can never be read are known again without another try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from indexes.database import Database
from indexes.records import FileStat


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not inside of another, and that failed or was cancelled when it was last tried."""

    job: int
    source: str
    reason: str
    given_up: str
    """The version of the readers that will never read these bytes; empty where another try may go better."""
    sha256: str
    stat: FileStat


class Refused:
    """A part of the Catalogue: what bytes a file had that was given up. They go with its job."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, job_id: int, stat: FileStat, sha256: str) -> None:
        """Note the bytes of a file that has just been given up; nothing where its job is gone already."""
        sql = "INSERT OR REPLACE INTO refused SELECT id, ?, ?, ?, ? FROM jobs WHERE id = ?"
        with self._database.writing():
            self._database.execute(sql, (sha256, stat.size, stat.modified_ns, stat.changed_ns, job_id))

    def failures(self, collection: str) -> dict[str, Failure]:
        """Source -> how it failed, of one collection."""
        sql = """SELECT j.id, j.source, j.reason, j.given_up, coalesce(r.sha256, ''),
                coalesce(r.size, 0), coalesce(r.modified_ns, 0), coalesce(r.changed_ns, 0)
            FROM jobs j LEFT JOIN refused r ON r.job_id = j.id
            WHERE j.state IN ('failed', 'cancelled') AND j.collection = ? AND j.container_id IS NULL"""
        rows = self._database.rows(sql, (collection,))
        return {row[1]: _failure(row) for row in rows}


def _failure(row: Sequence[Any]) -> Failure:
    values: list[Any] = [*row[:5], FileStat(*row[5:])]
    return Failure(*values)
