"""Rows of the job table that no worker would ever take up, or that cannot be read: found, and made good again."""

from __future__ import annotations

import json
from collections.abc import Sequence

from indexes.database import Database
from indexes.jobs import FINISHED, RUNNING

_STATES = ("queued", *RUNNING, *FINISHED)
_COUNTS = ("size", "depth", "done", "total", "pages", "chunks", "attempts")
_NUMBERS = (*_COUNTS, "lease_until", "queued_at", "started_at", "finished_at")
_TEXTS = ("batch", "collection", "source", "path", "step", "reason", "options", "given_up", "owner")
_IS_LOST = f"(typeof(state) <> 'text' OR state NOT IN {_STATES})"
_IS_LIST = "CASE WHEN json_valid(warnings) THEN json_type(warnings) = 'array' ELSE 0 END"
_ODD = " OR ".join(
    [
        *(f"typeof({name}) NOT IN ('integer', 'real')" for name in _NUMBERS),
        *(f"typeof({name}) <> 'text'" for name in _TEXTS),
    ]
)


def damaged_jobs(database: Database) -> list[tuple[int, str]]:
    """(number, source) of the rows whose state is none, or whose fields are of another kind than was written."""
    sql = f"SELECT id, source FROM jobs WHERE {_IS_LOST} OR NOT ({_IS_LIST}) OR {_ODD} ORDER BY id"  # noqa: S608
    return [
        (int(number), source if isinstance(source, str) else repr(source)[:100])
        for number, source in database.rows(sql)
    ]


def mend_jobs(database: Database, numbers: Sequence[int]) -> int:
    """Queue those of these rows again whose state is none, and empty the fields that make no sense; how many wait."""
    chosen = "id IN (SELECT value FROM json_each(?))"
    wanted = (json.dumps(list(numbers)),)
    with database.writing():
        for name in _NUMBERS:
            sql = f"UPDATE jobs SET {name} = 0 WHERE {chosen} AND typeof({name}) NOT IN ('integer', 'real')"  # noqa: S608
            database.execute(sql, wanted)
        for name in _TEXTS:
            sql = f"UPDATE jobs SET {name} = CAST({name} AS TEXT) WHERE {chosen} AND typeof({name}) <> 'text'"  # noqa: S608
            database.execute(sql, wanted)
        database.execute(f"UPDATE jobs SET warnings = '[]' WHERE {chosen} AND NOT ({_IS_LIST})", wanted)  # noqa: S608
        sql = f"""UPDATE jobs SET state = 'queued', step = '', reason = '', owner = '', lease_until = 0, attempts = 0
            WHERE {chosen} AND {_IS_LOST} RETURNING id"""  # noqa: S608
        return len(database.rows(sql, wanted))
