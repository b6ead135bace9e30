"""Bytes that can never be read, so that they are known again without another try, and files that failed for now."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexes.database import Database
from indexes.job_records import FINISHED
from indexes.queries import DOCUMENTS_INSIDE
from indexes.records import FileStat


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not inside of another, and that failed or was cancelled when it was last tried."""

    collection: str
    source: str
    reason: str = ""
    given_up: str = ""
    """The version of the readers that will never read these bytes; empty where another try may go better."""
    sha256: str = ""
    stat: FileStat = FileStat(0)
    job: int = 0
    """Its row in the list of jobs; 0 where it was cleared away."""


@dataclass(frozen=True, slots=True)
class OlderContent:
    """A source whose document is searched as it was, since its file has become another one that could not be read."""

    document: int
    collection: str
    source: str
    reason: str


class Refused:
    """A part of the Catalogue: which bytes were given up, by which readers, and why, whatever the list of jobs says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, failure: Failure, container: int | None = None) -> None:
        """Note the bytes of a file that has just been given up; nothing where the file that holds it is gone."""
        stat, sql = failure.stat, f"INSERT OR REPLACE INTO refused ({_COLUMNS}) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?"
        place = (failure.collection, failure.source, failure.reason, failure.given_up, failure.sha256)
        row = (*place, stat.size, stat.modified_ns, stat.changed_ns, container)
        with self._database.writing():
            holds = "WHERE ? IS NULL OR EXISTS (SELECT 1 FROM documents WHERE id = ?)"
            self._database.execute(f"{sql} {holds}", (*row, container, container))

    def forget(self, collection: str, sources: Iterable[str]) -> None:
        """These files were read, or may be read at the next try, or are gone."""
        sql = "DELETE FROM refused WHERE collection = ? AND source = ?"
        with self._database.writing():
            self._database.execute_many(sql, [(collection, source) for source in sources])

    def keep_members(self, container: int, contents: Mapping[str, str]) -> None:
        """Forget what was found inside of a document, all but these sources with these SHA-256."""
        sql = """DELETE FROM refused WHERE container_id = ? AND NOT EXISTS
            (SELECT 1 FROM json_each(?) WHERE key = source AND value = sha256)"""
        self._database.execute(sql, (container, json.dumps(dict(contents))))

    def find(self, collection: str, source: str) -> Failure | None:
        """What was given up at a place, itself or inside of another file; None where somebody asks for another try."""
        sql = f"SELECT {_COLUMNS} FROM refused r WHERE collection = ? AND source = ? AND {_RESTS}"  # noqa: S608
        rows = self._database.rows(sql, (collection, source))
        return _failure(rows[0]) if rows else None

    def named(self, sources: Collection[str]) -> list[Failure]:
        """What was given up under any of these sources, in whatever collection."""
        sql = f"SELECT {_COLUMNS} FROM refused WHERE source IN (SELECT value FROM json_each(?))"  # noqa: S608
        return [_failure(row) for row in self._database.rows(sql, (json.dumps(list(sources)),))]

    def failures(self, collection: str) -> dict[str, Failure]:
        """Source -> how it failed, of one collection, but for what is on its way again."""
        sql = f"SELECT {_COLUMNS} FROM refused r WHERE collection = ? AND container_id IS NULL AND {_RESTS}"  # noqa: S608
        known = {row[1]: row for row in self._database.rows(sql, (collection,))}
        sql = """SELECT source, reason, id FROM jobs WHERE state IN ('failed', 'cancelled') AND collection = ?
            AND container_id IS NULL AND typeof(source) = 'text'"""
        listed = {source: (reason, job) for source, reason, job in self._database.rows(sql, (collection,))}
        found = {source: _failure(row, job=listed.get(source, ("", 0))[1]) for source, row in known.items()}
        failed = {source: Failure(collection, source, reason, job=job) for source, (reason, job) in listed.items()}
        return failed | found

    def inside(self, documents: Collection[int]) -> list[Failure]:
        """What was given up inside of these documents, at whatever depth."""
        where = f"container_id IN ({DOCUMENTS_INSIDE}) AND {_RESTS}"
        sql = f"SELECT {_COLUMNS} FROM refused r WHERE {where} ORDER BY source"  # noqa: S608
        return [_failure(row) for row in self._database.rows(sql, (json.dumps(list(documents)),))]

    def older(self, documents: Collection[int] | None = None) -> list[OlderContent]:
        """Sources whose last try failed, over other bytes than those of the document that they still have; of these
        documents, or of all."""
        sql = """SELECT s.document_id, f.collection, f.source, f.reason
            FROM (SELECT collection, source, reason, sha256 FROM refused UNION ALL
                    SELECT collection, source, CASE typeof(reason) WHEN 'text' THEN reason ELSE quote(reason) END, ''
                        FROM jobs j
                        WHERE state = 'failed' AND NOT EXISTS
                        (SELECT 1 FROM refused r WHERE r.collection = j.collection AND r.source = j.source)) f
                JOIN collections c ON c.name = f.collection
                JOIN sources s ON s.collection_id = c.id AND s.source = f.source
                JOIN documents d ON d.id = s.document_id
            WHERE f.sha256 <> d.sha256 ORDER BY s.document_id, f.source"""
        found = [OlderContent(*row) for row in self._database.rows(sql, ())]
        return [older for older in found if documents is None or older.document in documents]


def _failure(row: Sequence[Any], job: int = 0) -> Failure:
    values: list[Any] = [*row[:5], FileStat(*row[5:8]), job]
    return Failure(*values)


_COLUMNS = "collection, source, reason, readers, sha256, size, modified_ns, changed_ns, container_id"
_RESTS = f"""NOT EXISTS (SELECT 1 FROM jobs j
    WHERE j.collection = r.collection AND j.source = r.source AND j.state NOT IN {FINISHED})"""  # noqa: S608
