"""What requests that are under way may take of a budget: held against it by all processes until they are over."""

from __future__ import annotations

from indexes.audit_file import AuditFile
from indexes.audit_records import Spent


class BudgetHolds:
    """In the file of the audit log. Each method raises StoreError."""

    def __init__(self, file: AuditFile) -> None:
        self._file = file

    def add(self, user: str, most: Spent, now: float, until: float) -> int:
        """Hold so much; its number. It is forgotten at `until`, as by then its process has died."""
        self._file.change("DELETE FROM holds WHERE until <= ?", (now,))
        return self._file.insert(
            "holds", {"until": until, "user": user, "tokens": most.tokens, "dollars": most.dollars}
        )

    def free(self, number: int) -> None:
        """That request is over."""
        self._file.change("DELETE FROM holds WHERE id = ?", (number,))

    def held(self, now: float, user: str | None = None) -> Spent:
        """What is held for one user, or for all."""
        sql = """SELECT coalesce(sum(tokens), 0), coalesce(sum(dollars), 0.0) FROM holds
            WHERE until > ? AND user = coalesce(?, user)"""
        return Spent(*self._file.rows(sql, (now, user))[0])
