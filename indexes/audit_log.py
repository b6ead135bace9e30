"""The audit log of one home: what was asked, what was sent to chat models, and what came of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

from indexes.audit_chain import AuditChain
from indexes.audit_file import AuditFile
from indexes.audit_records import Day, DayTimes, Ended, ModelUse, Sent, Spent, UserUse
from indexes.budget_holds import BudgetHolds
from rag.errors import TooSoon
from rag.types import counted

DAY_S = 86_400.0
_MINUTE_S = 60.0
_DAY = "CAST(at / 86400 AS INTEGER)"
_BATCH = 500
"""Rows that are deleted in one transaction, so that no answer waits for it."""
JSON_FIELDS = ("scope", "sentences", "cited", "settings", "steps")
"""Columns of a question that hold JSON."""


class AuditLog:
    """Threads and processes may share it, and its counts hold for all of them.

    Each method raises StoreError where the file cannot be used."""

    def __init__(self, home: Path, *, days: int, clock: Callable[[], float] = time.time) -> None:
        """`days`: how long a row is kept. `clock`: seconds, UTC."""
        self.file = AuditFile(home)
        self.chain = AuditChain(self.file)
        self.holds = BudgetHolds(self.file)
        self.days = days
        self.clock = clock

    # -- while a question is answered ---------------------------------------------------------------------------

    def begin(self, user: str, *, most: int = 0, most_of_all: int = 0) -> int:
        """A row for a question that is asked now; its number. Raises TooSoon where this user has asked `most`
        questions within a minute, or all together `most_of_all`; 0 stands for any number."""
        with self.file.writing():
            now = self.clock()
            for n, of, by in ((most, user, ""), (most_of_all, None, " by all together")):
                if n and (wait := self._wait(of, n, now)) > 0:
                    raise TooSoon(f"{counted(n, 'question')} a minute may be asked{by}, and so many were", ceil(wait))
            return self.file.insert("answers", {"at": now, "user": user})

    def _wait(self, user: str | None, most: int, now: float) -> float:
        """Seconds until the user may ask again, or anybody."""
        sql = """SELECT at FROM answers WHERE user = coalesce(?, user) AND at > ? AND at <= ?
            ORDER BY at DESC LIMIT 1 OFFSET ?"""
        found = self.file.rows(sql, (user, now - _MINUTE_S, now, most - 1))
        return found[0][0] + _MINUTE_S - now if found else 0.0

    def sent(self, number: int, user: str, request: Sent) -> None:
        """A request to a chat model for this question is over."""
        values = asdict(request)
        del values["has_schema"]  # the chain has hashes over the columns of every version
        self.file.insert("requests", {"answer_id": number, "user": user, **values})

    def end(self, number: int, ended: Ended) -> None:
        """Complete the row of a question, once: it becomes the last of the chain, and is never changed again."""
        values = asdict(ended)
        values |= {name: json.dumps(values[name], ensure_ascii=False) for name in JSON_FIELDS}
        sets = ", ".join(f"{name} = ?" for name in values)
        sql = f"UPDATE answers SET {sets} WHERE id = ? AND outcome = 'asked'"  # noqa: S608
        with self.file.writing():
            if self.file.change(sql, (*values.values(), number)):
                self.chain.ended(number)

    # -- afterwards ---------------------------------------------------------------------------------------------

    def rows(self, since: float = 0.0, word: str = "") -> Iterator[dict[str, Any]]:
        """The questions since then, oldest first, each with its requests; with a `word` those that have it in a text or
        source that was kept, and those whose question, answer or cited bytes have exactly its hash, or are this."""
        for row in self._rows("answers", "at >= ?", since):
            row |= {name: json.loads(row[name]) for name in JSON_FIELDS}
            if word and not _has(row, word):
                continue
            requests = list(self._rows("requests", "answer_id = ?", row["id"]))
            for request in requests:
                del request["answer_id"], request["user"]
            yield row | {"requests": requests}

    def spent(self, since: float, user: str | None = None) -> Spent:
        """What requests since then have taken, of one user or of all."""
        sql = """SELECT coalesce(sum(prompt_tokens + completion_tokens), 0), coalesce(sum(cost), 0.0) FROM requests
            WHERE at >= ? AND user = coalesce(?, user)"""
        return Spent(*self.file.rows(sql, (since, user))[0])

    def per_day(self, since: float, user: str | None = None) -> list[Day]:
        """The days on which something was asked, by one user or by all, the oldest first."""
        sql = f"""SELECT date(day * 86400, 'unixepoch'), sum(questions), sum(refused), sum(tokens), sum(dollars),
            sum(unpriced) FROM (
                SELECT {_DAY} AS day, 1 AS questions, outcome = 'refused' AS refused, 0 AS tokens,
                    0.0 AS dollars, 0 AS unpriced FROM answers WHERE at >= ?1 AND user = coalesce(?2, user)
                UNION ALL SELECT {_DAY}, 0, 0, prompt_tokens + completion_tokens, coalesce(cost, 0.0),
                    cost IS NULL AND ended <> 'failed' FROM requests WHERE at >= ?1 AND user = coalesce(?2, user)
            ) GROUP BY day ORDER BY day"""  # noqa: S608
        return [Day(*row) for row in self.file.rows(sql, (since, user))]

    def times(self, since: float, user: str | None = None) -> list[DayTimes]:
        """How long answers took on the days on which there were some, to one user or to all, the oldest first."""
        sql = f"""WITH timed AS (SELECT day, ms, row_number() OVER (PARTITION BY day ORDER BY ms) AS place,
                count(*) OVER (PARTITION BY day) AS n
                FROM (SELECT {_DAY} AS day, ms FROM answers WHERE at >= ? AND user = coalesce(?, user)
                    AND outcome NOT IN ('asked', 'failed', 'stopped')))
            SELECT date(day * 86400, 'unixepoch'), max(ms) FILTER (WHERE place = (n + 1) / 2),
                max(ms) FILTER (WHERE place = (n * 95 + 99) / 100)
            FROM timed GROUP BY day ORDER BY day"""  # noqa: S608
        return [DayTimes(*row) for row in self.file.rows(sql, (since, user))]

    def per_user(self, since: float) -> list[UserUse]:
        """Who has asked since then, the one with the most tokens first."""
        sql = """SELECT user, sum(questions), sum(tokens), sum(dollars) FROM (
                SELECT user, 1 AS questions, 0 AS tokens, 0.0 AS dollars FROM answers WHERE at >= ?1
                UNION ALL SELECT user, 0, prompt_tokens + completion_tokens, coalesce(cost, 0.0) FROM requests
                    WHERE at >= ?1
            ) GROUP BY user ORDER BY sum(tokens) DESC, sum(questions) DESC, user"""
        return [UserUse(*row) for row in self.file.rows(sql, (since,))]

    def per_model(self, since: float, user: str | None = None) -> list[ModelUse]:
        """The models that were asked, by one user or by all, the one with the most tokens first."""
        sql = """SELECT model, count(*), sum(prompt_tokens), sum(completion_tokens), sum(coalesce(cost, 0.0)),
            sum(cost IS NULL AND ended <> 'failed')
            FROM requests WHERE at >= ? AND user = coalesce(?, user)
            GROUP BY model ORDER BY sum(prompt_tokens + completion_tokens) DESC, model"""
        return [ModelUse(*row) for row in self.file.rows(sql, (since, user))]

    def delete_before(self, at: float) -> int:
        """Delete what was asked before then, overwriting it; how many questions that were. A later moment is now: the
        chain would take rows that are still to come for deleted ones."""
        at = min(at, self.clock())
        with self.file.writing():
            if not self.file.rows("SELECT 1 FROM answers WHERE at < ? LIMIT 1", (at,)):
                return 0
            self.chain.deleted(at, self.clock())
        n_deleted, n = 0, _BATCH
        while n == _BATCH:
            sql = "DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE at < ? LIMIT ?)"
            n = self.file.change(sql, (at, _BATCH))
            n_deleted += n
        self.chain.shorten(at)
        self.file.empty_log()
        return n_deleted

    def sweep(self) -> int:
        """Delete what is older than the days that rows are kept, and flags so long after they were closed; how many
        questions that were."""
        end = self.clock() - self.days * DAY_S
        n_others = self.file.change("DELETE FROM flags WHERE closed_at < ?", (end,))
        if n_others + self.file.change("DELETE FROM sign_ins WHERE at < ?", (end,)):
            self.file.empty_log()
        return self.delete_before(end)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def _rows(self, table: str, condition: str, value: float) -> Iterator[dict[str, Any]]:
        names = [name for (name,) in self.file.rows("SELECT name FROM pragma_table_info(?)", (table,))]
        sql = f"SELECT {', '.join(names)} FROM {table} WHERE {condition} AND id > ? ORDER BY id LIMIT ?"  # noqa: S608
        last, found = 0, [()]
        while found:
            found = self.file.rows(sql, (value, last, _BATCH))
            for cells in found:
                row = dict(zip(names, cells, strict=True))
                last = row["id"]
                yield row | {"at": written_at(row["at"])}


def midnight(at: float) -> float:
    """When the day of a moment began, UTC."""
    return at - at % DAY_S


def written_at(at: float) -> str:
    """A moment in ISO 8601, UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def digest_of(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _has(row: dict[str, Any], word: str) -> bool:
    texts = [row["question"], row["answer"], *(one.get("source", "") for one in row["cited"])]
    hashes = {row["question_sha256"], row["answer_sha256"], *(one["sha256"] for one in row["cited"])}
    return any(word.casefold() in text.casefold() for text in texts) or bool({word, digest_of(word)} & hashes)
