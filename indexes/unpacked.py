"""How much every file inside of an outermost one has unpacked, so that all of them have one budget."""

from __future__ import annotations

from collections.abc import Callable

from indexes.database import Database


class Unpacked:
    """A part of the Catalogue. `name` is what a file is called from the outermost one on; that one itself has none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spent(self, outermost: int, *, but: str) -> tuple[int, int]:
        """(files, bytes) that all files inside of a document have handed out, without what one of them has."""
        sql = """SELECT coalesce(sum(n_files), 0), coalesce(sum(n_bytes), 0) FROM unpacked
            WHERE outermost_id = ? AND name <> ?"""
        n_files, n_bytes = self._database.rows(sql, (outermost, but))[0]
        return int(n_files), int(n_bytes)

    def put(self, outermost: int, name: str, n_files: int, n_bytes: int) -> None:
        """Write what a file has handed out, or unpacked in vain, in place of what it had at an earlier try."""
        with self._database.writing():
            self._database.execute("DELETE FROM unpacked WHERE outermost_id = ? AND name = ?", (outermost, name))
            if n_files or n_bytes:  # as hardly any file has
                row = (outermost, name, n_files, n_bytes)
                self._database.execute("INSERT INTO unpacked VALUES (?, ?, ?, ?)", row)

    def forget(self, outermost: int, prefix: str, is_gone: Callable[[str], bool]) -> None:
        """Take out what was handed out by files that are inside of another no longer, whose names begin like this."""
        sql = "SELECT name FROM unpacked WHERE outermost_id = ? AND name >= ? AND name < ?"
        with self._database.writing():
            rows = self._database.rows(sql, (outermost, prefix, prefix + "\U0010ffff"))
            gone = [(outermost, name) for (name,) in rows if is_gone(name)]
            self._database.execute_many("DELETE FROM unpacked WHERE outermost_id = ? AND name = ?", gone)
