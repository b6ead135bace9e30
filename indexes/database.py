"""The SQLite file of a home: connections, transactions and the sequence that numbers every change."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import numpy as np

from indexes.catalogue_file import (
    BUSY_MS,
    NAME,
    check_whole,
    closed,
    has_room,
    identity_of,
    is_read_only,
    read_only_connection,
)
from indexes.queries import NEWEST
from indexes.schema import DERIVED, MIGRATIONS
from indexes.schema_check import lacking
from indexes.sqlite_errors import Cursor, translated
from indexes.system_errors import told
from rag.errors import Replaced, StoreError
from rag.types import Ids

Value = Any  # whatever one cell of a table holds

_NO_ROOM = (apsw.FullError, apsw.CantOpenError, apsw.IOError)
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


def _folded(*text: Value) -> str:
    """For comparisons that tell no capitals apart, in any script; SQLite itself knows those of English alone."""
    return str(text[0]).casefold()


class Database:
    """Opens or makes `home/catalogue.sqlite`; raises StoreError when it cannot be used. Safe to share by threads.

    Where the home cannot be written it is read as it is: what another user, who may write it, does meanwhile is seen
    for certain only when it is opened again. With `only_looks` so is one whose disk is full.
    """

    def __init__(self, home: Path, *, only_looks: bool = False) -> None:
        self.home = home
        self._local = threading.local()
        self._identity: tuple[int, int] | None = None
        try:
            self.is_read_only = is_read_only(home)
            check_whole(home)
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._migrate()
            except StoreError:
                if not only_looks or has_room(home):
                    raise
                self.is_read_only, self._local = True, threading.local()
                self._migrate()
            self._identity = identity_of(home / NAME)
        except OSError as error:
            raise StoreError(f"the library in {home} cannot be opened: {told(error)}") from error
        except (apsw.Error, UnicodeError) as error:
            raise StoreError(
                f"the catalogue in {home} cannot be opened ({error}): check the folder and its rights"
            ) from error

    @property
    def _connection(self) -> apsw.Connection:
        """One connection a thread, since a connection's transaction is its own."""
        if not hasattr(self._local, "connection"):
            self.check_in_place()
            with translated():
                made = (
                    read_only_connection(self.home / NAME)
                    if self.is_read_only
                    else apsw.Connection(str(self.home / NAME))
                )
            made.cursor_factory = Cursor
            made.create_scalar_function("folded", _folded, 1, deterministic=True)
            made.set_busy_timeout(BUSY_MS)
            for pragma in () if self.is_read_only else _PRAGMAS:
                made.execute(f"PRAGMA {pragma}")
            self._local.connection = made
        connection: apsw.Connection = self._local.connection
        return connection

    def _migrate(self) -> None:
        version = self.one("PRAGMA user_version")
        if version == 0 and any((self.home / name).exists() for name in DERIVED):
            raise StoreError(
                f"the catalogue in {self.home} is missing or empty, though the indexes made from it are there: put "
                "back catalogue.sqlite from a copy, or remove that folder to begin anew"
            )
        if version < 0:
            raise StoreError(f"the catalogue in {self.home} has no version that was ever made: use another copy")
        if version > len(MIGRATIONS):
            raise StoreError(f"the catalogue in {self.home} was made by a newer Footnote: update this one")
        if version == len(MIGRATIONS):
            return
        self.check_writable()
        with self.writing():
            version = self.one("PRAGMA user_version")  # another process may have been faster
            if lost := lacking(self, version):
                raise StoreError(
                    f"the catalogue in {self.home} is of an earlier version, which this one cannot take over, since it "
                    f"lacks {', '.join(lost)}: use another copy, or add the documents to a new home"
                )
            for migration in MIGRATIONS[version:]:
                self.execute(migration)
            self.execute("UPDATE change SET library = ? WHERE library = ''", (secrets.token_hex(16),))
            self.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def check_writable(self) -> None:
        """Raises StoreError for a home that can only be read."""
        if self.is_read_only:
            raise closed(self.home)

    def check_in_place(self) -> None:
        """Raises Replaced when the home's catalogue is another one than that which was opened."""
        if self._identity is not None and identity_of(self.home / NAME) != self._identity:
            raise Replaced(
                f"the library in {self.home} is another one than that which was opened here: it was put back from a "
                "backup, or taken away; start this again, and it uses the one that is there now"
            )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that alone may write; within another one of this thread it is a part of that."""
        self.check_writable()
        if self._connection.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            self.check_in_place()  # a restore waits for the lock that is held from here on
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(StoreError):  # SQLite has rolled back by itself where the disk is full
                self.execute("ROLLBACK")
            raise

    @contextmanager
    def unreferenced(self) -> Iterator[None]:
        """A transaction in which tables may go that others refer to; whoever takes one out sees to what is left."""
        self.execute("PRAGMA foreign_keys = OFF")  # without effect within a transaction
        try:
            with self.writing():
                yield
        finally:
            self.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction in which nothing seems to change."""
        if self._connection.in_transaction:
            yield
            return
        self.execute("BEGIN")
        try:
            yield
        finally:
            self.execute("ROLLBACK")

    def execute(self, sql: str, bindings: Sequence[Any] = ()) -> apsw.Cursor:
        """Run a statement; the rows that it gives are in the cursor."""
        return self._connection.execute(sql, tuple(bindings))

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row."""
        self._connection.executemany(sql, [tuple(row) for row in rows])

    def rows(self, sql: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.execute(sql, bindings).fetchall()

    def one(self, sql: str, bindings: Sequence[Any] = ()) -> Value:
        """The first cell of the first row; None where there is none."""
        rows = self.rows(sql, bindings)  # to the end, where a change meets a disk that is full, and says so
        return rows[0][0] if rows else None

    def ids(self, sql: str, bindings: Sequence[Any] = ()) -> Ids:
        """The first cell of every row."""
        return np.fromiter((row[0] for row in self.execute(sql, bindings)), dtype=np.int64)

    def sequence(self) -> int:
        """The number of the last change, which every search asks for first. Raises Replaced."""
        self.check_in_place()
        return int(self._counted(self.one("SELECT sequence FROM change")))

    def advance(self) -> int:
        """Count one more change, within a transaction that writes it."""
        return int(self._counted(self.one("UPDATE change SET sequence = sequence + 1 RETURNING sequence")))

    def identity(self) -> str:
        """A name that no other catalogue has, whatever its sequence."""
        return str(self._counted(self.one("SELECT library FROM change"), str))

    def is_counting(self) -> bool:
        """Whether the one row that numbers the changes is there and whole, and no change has a later number."""
        rows = self.rows("SELECT typeof(sequence), typeof(library), library <> '', sequence FROM change")
        return [row[:3] for row in rows] == [("integer", "text", 1)] and rows[0][3] >= self.one(NEWEST)

    @staticmethod
    def _counted(found: Value, kind: type = int) -> Value:
        if not isinstance(found, kind):
            raise StoreError(
                "the catalogue cannot be used (the row that counts its changes is gone or damaged): "
                "`python -m ingest doctor --repair` sets it anew"
            )
        return found

    def copy_to(self, path: Path) -> None:
        """Write the catalogue as it is at one moment to a new file, while others go on writing.

        Page by page it would take along what was removed: earlier versions left those bytes there.
        """
        try:
            self.execute("VACUUM INTO ?", (str(path),))
        except StoreError as error:
            if isinstance(error.__cause__, _NO_ROOM):
                raise StoreError(
                    f"the catalogue cannot be copied to {path} ({error.__cause__}): see whether it has room"
                ) from error
            raise

    def empty_log(self) -> None:
        """Take the write-ahead log into the file and leave nothing in it, unless somebody reads or writes just now:
        nobody is waited for, and whoever closes the catalogue last does it then. The same holds on a full disk."""
        if self.is_read_only or self._connection.in_transaction:
            return
        with suppress(StoreError), self.without_waiting():  # nothing is lost: all of it is in the log
            self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def without_waiting(self) -> Iterator[None]:
        """Where somebody else writes or reads meanwhile, so that there would be something to wait for: StoreError."""
        self._connection.set_busy_timeout(0)
        try:
            yield
        finally:
            self._connection.set_busy_timeout(BUSY_MS)

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection
