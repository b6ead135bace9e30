"""The SQLite file of a home: connections, transactions and the sequence that numbers every change."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import numpy as np

from indexes.schema import DERIVED, MIGRATIONS
from indexes.sqlite_errors import Cursor, translated
from rag.errors import Replaced, StoreError
from rag.types import Ids

Value = Any  # whatever one cell of a table holds

NAME = "catalogue.sqlite"
SWAPPING = "restore/plan.json"
"""Is there while a restore puts another library in the place of the one that was there."""
_BUSY_MS = 30_000
_HEAD = 100
"""Bytes of what SQLite writes at the beginning of its file."""
_NO_ROOM = (apsw.FullError, apsw.CantOpenError, apsw.IOError)
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


class Database:
    """Opens or makes `home/catalogue.sqlite`; raises StoreError when it cannot be used. Safe to share by threads.

    Where the home cannot be written it is read as it is: what another user, who may write it, does meanwhile is seen
    for certain only when it is opened again.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._local = threading.local()
        self.is_read_only = is_read_only(home)
        self._identity: tuple[int, int] | None = None
        if (home / SWAPPING).exists():
            raise StoreError(
                f"a restore of {home} was stopped while it put the library in its place: run it once more with the "
                "same backup, which finishes it"
            )
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._migrate()
            self._identity = _identity(home / NAME)
        except (OSError, apsw.Error, UnicodeError) as error:
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
            made.set_busy_timeout(_BUSY_MS)
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
            if lost := self.missing_tables(version):
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
        if self._identity is not None and _identity(self.home / NAME) != self._identity:
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
        row = self.execute(sql, bindings).fetchone()
        return None if row is None else row[0]

    def ids(self, sql: str, bindings: Sequence[Any] = ()) -> Ids:
        """The first cell of every row."""
        return np.fromiter((row[0] for row in self.execute(sql, bindings)), dtype=np.int64)

    def sequence(self) -> int:
        """The number of the last change."""
        return int(self.one("SELECT sequence FROM change"))

    def advance(self) -> int:
        """Count one more change, within a transaction that writes it."""
        return int(self.one("UPDATE change SET sequence = sequence + 1 RETURNING sequence"))

    def missing(self, version: int = len(MIGRATIONS)) -> dict[str, str]:
        """Name -> statement that makes it, of every table and index that a catalogue should have and has not."""
        sql = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        with closing(apsw.Connection(":memory:")) as model:
            for migration in MIGRATIONS[:version]:
                model.execute(migration)
            whole = dict(model.execute(sql))
        here = {name for name, _ in self.rows(sql)}
        return {name: statement for name, statement in whole.items() if name not in here}

    def missing_tables(self, version: int = len(MIGRATIONS)) -> list[str]:
        """The tables among what is missing: an index is made anew without any loss."""
        return [name for name, sql in self.missing(version).items() if sql.startswith("CREATE TABLE")]

    def copy_to(self, path: Path) -> list[str]:
        """Write the catalogue as it is at one moment to a new file, while others go on writing; the SHA-256 of each
        document in it. Page by page it would take along what was removed: earlier versions left those bytes there.
        """
        try:
            self.execute("VACUUM INTO ?", (str(path),))
        except StoreError as error:
            if isinstance(error.__cause__, _NO_ROOM):
                raise StoreError(
                    f"the catalogue cannot be copied to {path} ({error.__cause__}): see whether it has room"
                ) from error
            raise
        with closing(read_only_connection(path)) as copy:
            return [sha256 for (sha256,) in copy.execute("SELECT sha256 FROM documents")]

    def empty_log(self) -> None:
        """Take the write-ahead log into the file and leave nothing in it, unless somebody reads or writes just now:
        nobody is waited for, and whoever closes the catalogue last does it then. The same holds on a full disk."""
        if self.is_read_only or self._connection.in_transaction:
            return
        self._connection.set_busy_timeout(0)
        try:
            with suppress(StoreError):  # nothing is lost: all of it is in the log
                self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            self._connection.set_busy_timeout(_BUSY_MS)

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection


def _identity(catalogue: Path) -> tuple[int, int] | None:
    """What tells a file from another one of its name; None where there is none."""
    try:
        stat = catalogue.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def is_catalogue(path: Path) -> bool:
    """Whether a file is an SQLite database that any version of Footnote has made; an empty one would be filled."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return head.startswith(b"SQLite format 3\0") and any(head[60:64])  # PRAGMA user_version


@contextmanager
def written_by_nobody(home: Path) -> Iterator[None]:
    """Nobody's transaction is under way in the home's catalogue, nor begins; whoever waits for it sees what was done.

    One that cannot be opened, since it is missing, damaged or closed, is written by nobody anyway.
    """
    with ExitStack() as stack:
        try:
            connection = apsw.Connection(str(home / NAME), flags=apsw.SQLITE_OPEN_READWRITE)
            stack.enter_context(closing(connection))
            connection.set_busy_timeout(_BUSY_MS)
            connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError as error:
            raise StoreError(
                f"the catalogue in {home} has been written to for too long: try again when that is done"
            ) from error
        except apsw.Error:
            pass
        yield


def is_read_only(home: Path) -> bool:
    """Whether there is a catalogue that this process may not write."""
    catalogue = home / NAME
    return catalogue.is_file() and not (os.access(home, os.W_OK) and os.access(catalogue, os.W_OK))


def closed(home: Path) -> StoreError:
    """What is said where something shall be written there."""
    return StoreError(
        f"the library in {home} can be searched but not changed, since its folder or catalogue is closed to writing: "
        "mount its disk writable, give yourself the rights, or set FOOTNOTE_HOME to a copy"
    )


def read_only_connection(path: Path) -> apsw.Connection:
    """A connection that writes nothing, not even the files by which others would know of it.

    Changes that nobody has taken out of the write-ahead log are read from there, for which SQLite wants its index, too.
    """
    log = path.with_name(f"{NAME}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    if has_log and not path.with_name(f"{NAME}-shm").exists():
        raise StoreError(
            f"the last changes of the catalogue in {path.parent} are still in {log.name}, and cannot be taken in "
            "there: open a copy of the folder where it can be written"
        )
    address = f"{path.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"
    return apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
