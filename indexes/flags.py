"""Answers that were flagged for a person, in the file of the audit log."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from indexes.audit_file import AuditFile
from indexes.audit_log import written_at
from indexes.audit_records import NewFlag
from rag.errors import InputError, StoreError

_JSON = ("sentences", "evidence")
_NAMES = ("id", "at", "user", "status", "question", "answer", "outcome", "model", *_JSON, "note", "closed_at")


class FlagList:
    """Threads and processes may share it. Each method raises StoreError where the file cannot be used."""

    def __init__(self, file: AuditFile, *, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds, UTC."""
        self._file = file
        self._clock = clock

    def add(self, flag: NewFlag, user: str) -> int:
        """Keep it as open; its number."""
        self._check_kept()
        values = asdict(flag)
        values |= {name: json.dumps(values[name], ensure_ascii=False) for name in _JSON}
        return self._file.insert("flags", {"at": self._clock(), "user": user, **values})

    def close(self, number: int, note: str) -> None:
        """A person has looked at it. Raises InputError where there is no such flag, or it is closed already."""
        self._check_kept()
        sql = "UPDATE flags SET status = 'closed', note = ?, closed_at = ? WHERE id = ? AND status = 'open'"
        if not self._file.change(sql, (note, self._clock(), number)):
            raise InputError(f"there is no open flag {number}: `python -m app flags` shows which there are")

    def withdraw(self, number: int, user: str) -> None:
        """As if it had never been flagged. Raises InputError where it is not the user's, or not open any more: what a
        person has looked at stays."""
        self._check_kept()
        sql = "DELETE FROM flags WHERE id = ? AND user = ? AND status = 'open'"
        if not self._file.change(sql, (number, user)):
            raise InputError(f"flag {number} is not yours to take back, or somebody has looked at it meanwhile")

    def open_of(self, user: str) -> dict[tuple[str, str], int]:
        """(question, answer) -> the number of what they have flagged, the latest of each, as long as it is open."""
        sql = "SELECT question, answer, id FROM flags WHERE user = ? AND status = 'open' ORDER BY id"
        return {(question, answer): number for question, answer, number in self._file.rows(sql, (user,))}

    def closed_of(self, user: str) -> dict[tuple[str, str], str]:
        """(question, answer) -> what was noted when what they have flagged was looked at last; may be empty."""
        sql = "SELECT question, answer, note FROM flags WHERE user = ? AND status = 'closed' ORDER BY closed_at"
        return {(question, answer): note for question, answer, note in self._file.rows(sql, (user,))}

    def all(self) -> list[dict[str, Any]]:
        """The open ones first, each the oldest first."""
        rows = self._file.rows(f"SELECT {', '.join(_NAMES)} FROM flags ORDER BY status = 'closed', id")  # noqa: S608
        return [_read(dict(zip(_NAMES, row, strict=True))) for row in rows]

    def _check_kept(self) -> None:
        if not self._file.is_kept:
            raise StoreError(f"nothing can be flagged, since {self._file.path} is closed to writing")


def _read(row: dict[str, Any]) -> dict[str, Any]:
    read = {name: json.loads(row[name]) for name in _JSON}
    closed_at = None if row["closed_at"] is None else written_at(row["closed_at"])
    return row | read | {"at": written_at(row["at"]), "closed_at": closed_at}
