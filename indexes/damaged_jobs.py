"""Rows of the job table that no worker would ever take up, or that cannot be read: found, and made good again."""

from __future__ import annotations

import json
from collections.abc import Sequence

from indexes.database import Database
from indexes.job_records import STATES
from indexes.job_rows import NUMBERS, TEXTS

_NUMBERS = (*NUMBERS, "lease_until")
_FILE = ("collection", "source", "path")
"""Without these nobody knows which file it was."""
_JSON = {"warnings": ("array", "[]"), "options": ("object", "{}")}
"""Column -> what it holds as JSON, and how it is empty."""
_IS_LOST = f"(typeof(state) <> 'text' OR state NOT IN {STATES})"
_IS_NONE = {
    name: f"NOT (CASE WHEN json_valid({name}) THEN json_type({name}) = '{kind}' ELSE 0 END)"
    for name, (kind, _) in _JSON.items()
}
"""Column -> whether it holds no such JSON."""
_ODD = " OR ".join(
    [f"typeof({name}) NOT IN ('integer', 'real')" for name in _NUMBERS]
    + [f"typeof({name}) <> 'text'" for name in TEXTS]
    + [*_IS_NONE.values()]
)
_NAMELESS = "Its row in the job table was damaged, so that nobody knows which file this was: add it again."


def damaged_jobs(database: Database) -> list[tuple[int, str]]:
    """(number, source) of the rows whose state is none, or whose fields are of another kind than was written."""
    sql = f"SELECT id, source FROM jobs WHERE {_IS_LOST} OR {_ODD} ORDER BY id"  # noqa: S608
    named = [(int(number), source) for number, source in database.rows(sql)]
    return [(number, source if isinstance(source, str) else f"row {number}, of no name") for number, source in named]


def mend_jobs(database: Database, numbers: Sequence[int]) -> int:
    """Queue those of these rows again whose state is none, and empty the fields that make no sense; how many wait.

    One of which nobody knows any more which file it was has failed, and says so.
    """
    chosen = "id IN (SELECT value FROM json_each(?))"
    wanted = (json.dumps(list(numbers)),)
    with database.writing():
        for name in _NUMBERS:
            sql = f"UPDATE jobs SET {name} = 0 WHERE {chosen} AND typeof({name}) NOT IN ('integer', 'real')"  # noqa: S608
            database.execute(sql, wanted)
        for name, (_, empty) in _JSON.items():
            database.execute(f"UPDATE jobs SET {name} = '{empty}' WHERE {chosen} AND {_IS_NONE[name]}", wanted)  # noqa: S608
        is_nameless = " OR ".join(f"typeof({name}) <> 'text'" for name in _FILE)
        sql = f"UPDATE jobs SET state = 'failed', step = '', reason = ?, owner = '' WHERE {chosen} AND ({is_nameless})"  # noqa: S608
        database.execute(sql, (_NAMELESS, *wanted))
        for name in TEXTS:
            empty = "'row ' || id" if name in _FILE else f"'{_JSON.get(name, ('', ''))[1]}'"
            database.execute(f"UPDATE jobs SET {name} = {empty} WHERE {chosen} AND typeof({name}) <> 'text'", wanted)  # noqa: S608
        sql = f"""UPDATE jobs SET state = 'queued', step = '', reason = '', owner = '', lease_until = 0, attempts = 0
            WHERE {chosen} AND {_IS_LOST} RETURNING id"""  # noqa: S608
        return len(database.rows(sql, wanted))
