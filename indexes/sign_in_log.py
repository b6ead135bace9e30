"""Who signed in and out, and who tried to, in the file of the audit log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

from indexes.audit_file import AuditFile
from indexes.audit_log import written_at

MOST = 100_000
"""The oldest rows give way: strangers may try as often as they like."""

Outcome = Literal["signed in", "wrong password", "unknown name", "signed out", "failed", "no role"]


class SignInLog:
    """Threads and processes may share it. Each method raises StoreError where the file cannot be used."""

    def __init__(self, file: AuditFile, *, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds, UTC."""
        self._file = file
        self._clock = clock

    def add(self, user: str, outcome: Outcome) -> None:
        """`user`: empty for a name that nobody has, which may be a password that was typed in the wrong place, and
        where signing in failed at a provider."""
        number = self._file.insert("sign_ins", {"at": self._clock(), "user": user, "outcome": outcome})
        self._file.change("DELETE FROM sign_ins WHERE id <= ?", (number - MOST,))

    def all(self, since: float = 0.0) -> list[dict[str, Any]]:
        """What happened since then, the oldest first."""
        rows = self._file.rows("SELECT id, at, user, outcome FROM sign_ins WHERE at >= ? ORDER BY id", (since,))
        return [{"id": n, "at": written_at(at), "user": user, "outcome": outcome} for n, at, user, outcome in rows]
