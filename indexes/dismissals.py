"""Until when each person has put aside what they are told of files that came in: it is not told them again."""

from __future__ import annotations

from indexes.database import Database


class DismissalTable:
    """Threads and processes may share it. Each method raises StoreError where the catalogue cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def until(self, person: str) -> float:
        """What ended up to this time, in seconds, UTC, is put aside; 0 where nothing is."""
        found = self._database.one("SELECT until FROM dismissals WHERE person = ?", (person,))
        return 0.0 if found is None else float(found)

    def put(self, person: str, until: float) -> None:
        """Put aside what ended up to this time; nothing comes back by an earlier one."""
        sql = """INSERT INTO dismissals VALUES (?, ?)
            ON CONFLICT (person) DO UPDATE SET until = max(until, excluded.until)"""
        with self._database.writing():
            self._database.execute(sql, (person, until))

    def forget(self, person: str) -> None:
        """Of a person who is no more."""
        with self._database.writing():
            self._database.execute("DELETE FROM dismissals WHERE person = ?", (person,))
