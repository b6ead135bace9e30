"""Questions of the audit log that fit what somebody looks for, a page at a time, the latest first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexes.audit_file import AuditFile
from indexes.audit_log import JSON_FIELDS, digest_of, written_at
from indexes.condition import Condition

_AT_ONCE = 500
_MOST_WORDS = 10
MOST_DOCUMENTS = 20
"""More hashes are not looked for at once."""
_PLAIN = str.maketrans({letter: f"\\{letter}" for letter in r"\%_"})
_BRIEF = """SELECT a.id, a.at, a.user, a.outcome, a.ms, a.model, substr(a.question, 1, 300), a.question_sha256,
        count(r.id), coalesce(sum(r.prompt_tokens + r.completion_tokens), 0), coalesce(sum(r.cost), 0.0),
        coalesce(sum(r.cost IS NULL AND r.ended <> 'failed'), 0), coalesce(max(r.model), '')
    FROM answers a LEFT JOIN requests r ON r.answer_id = a.id WHERE a.id IN (SELECT value FROM json_each(?))
    GROUP BY a.id ORDER BY a.at DESC, a.id DESC"""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which questions are wanted; what is left empty lets all through."""

    user: str = ""
    since: float = 0.0
    """Seconds, UTC; the moment itself is in."""
    until: float = float("inf")
    """The moment itself is out."""
    outcome: str = ""
    model: str = ""
    """One that was asked, whether it answered or not."""
    sha256: tuple[str, ...] | None = None
    """Bytes of documents, one of which is cited; without any nothing fits."""
    words: str = ""
    """All of them stand in the question or in the answer, where texts were kept; or the whole of it is the question or
    the answer, or the hash of one, where hashes were."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A question in a line."""

    id: int
    at: float
    """Seconds, UTC."""
    user: str
    outcome: str
    ms: float
    model: str
    """Who wrote the answer; empty for a quoted one."""
    question: str
    """Its beginning, where texts were kept."""
    question_sha256: str
    n_requests: int
    tokens: int
    dollars: float
    n_unpriced: int
    """Requests of which nobody knows the price."""
    asked_model: str
    """One that was asked; empty where none was."""


class AuditSearch:
    """Threads may share it. Each method raises StoreError where the file cannot be used."""

    def __init__(self, file: AuditFile) -> None:
        """`file`: not the one that answers write through, since they would wait for a long search."""
        self._file = file

    def page(self, wanted: AuditFilter, most: int, after: AuditRow | None = None) -> list[AuditRow]:
        """At most so many that fit, those next `after` a row, which are older."""
        where = _where(wanted)
        if after is not None:
            where.add("(a.at, a.id) < (?, ?)", after.at, after.id)
        sql = f"SELECT a.id FROM answers a {where} ORDER BY a.at DESC, a.id DESC LIMIT ?"  # noqa: S608
        found = [row[0] for row in self._file.rows(sql, (*where.bindings, most))]
        return [AuditRow(*row) for row in self._file.rows(_BRIEF, (json.dumps(found),))]

    def count(self, wanted: AuditFilter, most: int) -> int:
        """How many fit; `most` stands for so many and more, beyond which nobody looks."""
        where = _where(wanted)
        sql = f"SELECT count(*) FROM (SELECT 1 FROM answers a {where} LIMIT ?)"  # noqa: S608
        return int(self._file.rows(sql, (*where.bindings, most))[0][0])

    def whole(self, number: int) -> dict[str, Any] | None:
        """All that is kept of a question, with its requests, as `AuditLog.rows` has it; None where it is gone."""
        return next(self._whole([number]), None)

    def each(self, wanted: AuditFilter, most: int) -> Iterator[dict[str, Any]]:
        """All that is kept of each that fits, the latest first, at most so many."""
        last: AuditRow | None = None
        while most > 0 and (rows := self.page(wanted, min(most, _AT_ONCE), last)):
            yield from self._whole([row.id for row in rows])
            last, most = rows[-1], most - len(rows)

    def latest(self) -> int:
        """The number of the last question; 0 where there is none."""
        return int(self._file.rows("SELECT coalesce(max(id), 0) FROM answers")[0][0])

    def users(self) -> list[str]:
        """Everybody who has asked, by name."""
        return self._distinct("answers", "user")

    def models(self) -> list[str]:
        """Every model that was asked, by name."""
        return self._distinct("requests", "model")

    def _distinct(self, table: str, column: str) -> list[str]:
        """By leaps over an index: there are many rows for each name."""
        sql = f"""WITH RECURSIVE names (name) AS (SELECT min({column}) FROM {table} UNION ALL
            SELECT (SELECT min({column}) FROM {table} WHERE {column} > name) FROM names WHERE name IS NOT NULL)
            SELECT name FROM names WHERE name IS NOT NULL"""  # noqa: S608
        return [row[0] for row in self._file.rows(sql)]

    def _whole(self, numbers: list[int]) -> Iterator[dict[str, Any]]:
        wanted = (json.dumps(numbers),)
        requests: dict[int, list[dict[str, Any]]] = {number: [] for number in numbers}
        sql = "FROM requests WHERE answer_id IN (SELECT value FROM json_each(?)) ORDER BY id"
        for request in self._rows("requests", sql, wanted):
            del request["user"]
            requests[request.pop("answer_id")].append(request | {"at": written_at(request["at"])})
        sql = "FROM answers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC"
        for row in self._rows("answers", sql, wanted):
            read = {name: json.loads(row[name]) for name in JSON_FIELDS}
            yield row | read | {"at": written_at(row["at"]), "requests": requests[row["id"]]}

    def _rows(self, table: str, rest: str, bindings: tuple[str]) -> Iterator[dict[str, Any]]:
        names = [name for (name,) in self._file.rows("SELECT name FROM pragma_table_info(?)", (table,))]
        for cells in self._file.rows(f"SELECT {', '.join(names)} {rest}", bindings):
            yield dict(zip(names, cells, strict=True))


def _where(wanted: AuditFilter) -> Condition:
    where = Condition()
    where.add("a.at >= ? AND a.at < ?", wanted.since, wanted.until)
    for column, text in (("user", wanted.user), ("outcome", wanted.outcome)):
        if text:
            where.add(f"a.{column} = ?", text)
    if wanted.model:
        where.add("EXISTS (SELECT 1 FROM requests r WHERE r.answer_id = a.id AND r.model = ?)", wanted.model)
    if wanted.sha256 is not None:
        cited = wanted.sha256[:MOST_DOCUMENTS]
        where.add(f"({' OR '.join(['instr(a.cited, ?)'] * len(cited)) or '0'})", *cited)
    if words := wanted.words.split()[:_MOST_WORDS]:
        parts, bindings = zip(*map(_word, words), strict=True)
        hashes = [wanted.words.strip(), digest_of(wanted.words.strip())] * 2
        is_hash = "a.question_sha256 IN (?, ?) OR a.answer_sha256 IN (?, ?)"
        where.add(f"({' AND '.join(parts)} OR {is_hash})", *(text for some in bindings for text in some), *hashes)
    return where


def _word(word: str) -> tuple[str, list[str]]:
    """SQLite knows capitals of ASCII alone, so others are looked for as they are usually written."""
    forms = [word] if word.isascii() else list(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize())))
    likes = [f"a.{column} LIKE ? ESCAPE '\\'" for _ in forms for column in ("question", "answer")]
    return f"({' OR '.join(likes)})", [f"%{form.translate(_PLAIN)}%" for form in forms for _ in range(2)]
