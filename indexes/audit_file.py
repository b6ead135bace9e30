"""The file of the audit log, `audit.sqlite`: beside the catalogue and no part of it, so that no backup carries it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from indexes.catalogue_file import is_read_only, read_only_connection
from indexes.system_errors import told
from rag.errors import StoreError

NAME = "audit.sqlite"
_VERSION = 4
_BUSY_MS = 2_000
"""No answer waits longer for another process that writes; a row takes it less than a millisecond."""
_PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON")
"""A commit waits for no disk: a power loss may take the last rows, and never half of one."""
_TABLES = """
    -- A row for each question, made when it is asked, and completed when its answer is there. Times are seconds, UTC.
    CREATE TABLE answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        user TEXT NOT NULL,
        outcome TEXT NOT NULL DEFAULT 'asked',
        ms REAL NOT NULL DEFAULT 0,
        model TEXT NOT NULL DEFAULT '',
        reported_model TEXT NOT NULL DEFAULT '',
        question_sha256 TEXT NOT NULL DEFAULT '',
        answer_sha256 TEXT NOT NULL DEFAULT '',
        question TEXT NOT NULL DEFAULT '',
        answer TEXT NOT NULL DEFAULT '',
        scope TEXT NOT NULL DEFAULT '{}',
        sentences TEXT NOT NULL DEFAULT '{}',
        cited TEXT NOT NULL DEFAULT '[]',
        settings TEXT NOT NULL DEFAULT '{}',
        steps TEXT NOT NULL DEFAULT '[]'
    );
    CREATE INDEX answers_by_time ON answers (at);
    CREATE INDEX answers_by_user ON answers (user, at);
    CREATE INDEX answers_by_outcome ON answers (outcome, at);
    -- With all that is added up by day, so that no text is read for it; so is the one of the requests.
    CREATE INDEX answers_by_day ON answers (at, user, outcome, ms);

    -- A row for each request to a chat model.
    CREATE TABLE requests (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        answer_id INTEGER NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
        at REAL NOT NULL,
        user TEXT NOT NULL,
        model TEXT NOT NULL,
        reported_model TEXT NOT NULL,
        sent_sha256 TEXT NOT NULL,
        returned_sha256 TEXT NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        is_estimated INTEGER NOT NULL,
        cost REAL,
        ms REAL NOT NULL,
        ended TEXT NOT NULL
    );
    CREATE INDEX requests_by_time ON requests
        (at, user, model, prompt_tokens, completion_tokens, cost, ended);
    CREATE INDEX requests_by_answer ON requests (answer_id, model);
    CREATE INDEX requests_by_model ON requests (model);

    -- Answers that a person shall look at, kept until they are closed, whatever becomes of the rows above.
    CREATE TABLE flags (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        user TEXT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        outcome TEXT NOT NULL,
        model TEXT NOT NULL,
        sentences TEXT NOT NULL,
        evidence TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT 'open',
        note TEXT NOT NULL DEFAULT '',
        closed_at REAL
    );
"""
_SIGN_INS = """
    -- A row for each time that somebody signed in or out, or tried to.
    CREATE TABLE IF NOT EXISTS sign_ins (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        user TEXT NOT NULL,
        outcome TEXT NOT NULL
    );
"""
_LATER = {
    "chain": """
        -- A link for each question that ended and each deletion, as audit_chain.py says. The one at place 0 has the
        -- last number of the questions that were there before.
        CREATE TABLE chain (
            place INTEGER PRIMARY KEY,
            at REAL NOT NULL,
            answer_id INTEGER,
            deleted_before REAL,
            row_sha256 TEXT NOT NULL,
            sha256 TEXT NOT NULL
        );
        CREATE INDEX chain_by_answer ON chain (answer_id) WHERE place > 0;
        INSERT INTO chain SELECT 0, 0.0, coalesce(max(id), 0), NULL, '', coalesce(max(id), 0) FROM answers;
    """,
    "holds": """
        -- What requests that are under way may take, so that those at once do not overshoot a budget.
        CREATE TABLE holds (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            until REAL NOT NULL,
            user TEXT NOT NULL,
            tokens INTEGER NOT NULL,
            dollars REAL NOT NULL
        );
    """,
}
"""Tables that a file may lack, of whichever version: a Footnote of before goes on with a file that has them."""
_CHANGES = (
    "",
    "ALTER TABLE answers ADD COLUMN steps TEXT NOT NULL DEFAULT '[]'",
    """CREATE INDEX IF NOT EXISTS answers_by_user ON answers (user, at);
    CREATE INDEX IF NOT EXISTS answers_by_outcome ON answers (outcome, at);
    CREATE INDEX IF NOT EXISTS answers_by_day ON answers (at, user, outcome, ms);
    DROP INDEX IF EXISTS requests_by_time;
    CREATE INDEX requests_by_time ON requests (at, user, model, prompt_tokens, completion_tokens, cost, ended);
    DROP INDEX IF EXISTS requests_by_answer;
    CREATE INDEX IF NOT EXISTS requests_by_answer ON requests (answer_id, model);
    CREATE INDEX IF NOT EXISTS requests_by_model ON requests (model);""",
    _SIGN_INS,
)
"""What makes the next version of each version."""
_CURES: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.BusyError, "another process has been writing to it for too long"),
    (apsw.FullError, "the disk is full: make room"),
    (apsw.CorruptError, "it is damaged: move it away, and a new one is begun"),
    (apsw.NotADBError, "it is none: move it away, and a new one is begun"),
    (apsw.SQLError, "it is not of this version: move it away, and a new one is begun"),
)
_OTHER_CURE = "check that it and its folder may be written, and see whether their disk has room"


class AuditFile:
    """Opened or made when it is first needed. Threads may share it: one at a time uses its connection.

    In a home that cannot be written the log goes on in memory, from what the file holds, and ends with the process.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self.is_kept = not is_read_only(home)
        self._lock = threading.RLock()
        self._made: apsw.Connection | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that alone may write. Raises StoreError."""
        with self._using() as connection, _transaction(connection):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read within is of one moment, and others may write meanwhile. Raises StoreError."""
        with self._using() as connection, _transaction(connection, "DEFERRED"):
            yield

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """A new row; its number. Raises StoreError."""
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"  # noqa: S608
        with self._using() as connection:
            connection.execute(sql, tuple(values.values()))
            return connection.last_insert_rowid()

    def change(self, sql: str, bindings: Sequence[Any] = ()) -> int:
        """Run a statement; how many rows it changed. Raises StoreError."""
        with self._using() as connection:
            connection.execute(sql, tuple(bindings))
            return connection.changes()

    def rows(self, sql: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows. Raises StoreError."""
        with self._using() as connection:
            return connection.execute(sql, tuple(bindings)).fetchall()

    def empty_log(self) -> None:
        """Leave nothing of what was deleted in the write-ahead log, unless somebody reads or writes just now."""
        with self._using() as connection, suppress(apsw.BusyError):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """The next use opens it again."""
        with self._lock:
            if self._made is not None:
                self._made.close()
                self._made = None

    @contextmanager
    def _using(self) -> Iterator[apsw.Connection]:
        with self._lock:
            try:
                if self._made is None:
                    self._made = self._opened() if self.is_kept else self._remembered()
                yield self._made
            except (apsw.Error, UnicodeError, OverflowError) as error:  # what it cannot hold
                cure = next((cure for kind, cure in _CURES if isinstance(error, kind)), _OTHER_CURE)
                raise StoreError(f"the audit log {self.path} cannot be used ({error}): {cure}") from error
            except OSError as error:
                raise StoreError(f"the audit log {self.path} cannot be used: {told(error)}") from error

    def _opened(self) -> apsw.Connection:
        self.path.touch(mode=0o600)  # questions are nobody else's business
        made = apsw.Connection(str(self.path))
        try:
            made.set_busy_timeout(_BUSY_MS)
            for pragma in _PRAGMAS:
                made.execute(f"PRAGMA {pragma}")
            _make_tables(made)
        except BaseException:
            made.close()
            raise
        return made

    def _remembered(self) -> apsw.Connection:
        made = apsw.Connection(":memory:")
        with suppress(apsw.Error, StoreError, OSError), closing(read_only_connection(self.path)) as kept:
            _copy(kept, made)
        made.execute("PRAGMA foreign_keys = ON")
        _make_tables(made)
        return made


def _copy(kept: apsw.Connection, made: apsw.Connection) -> None:
    with made.backup("main", kept, "main") as backup:
        backup.step()


def _make_tables(connection: apsw.Connection) -> None:
    if _version(connection) == _VERSION and not _lacking(connection):
        return
    with _transaction(connection):
        version = _version(connection)  # another process may have been faster
        if not 0 <= version <= _VERSION:
            raise StoreError(
                f"the audit log {connection.filename} is of version {version}, which this Footnote does not know: "
                "update it, or move that file away, and a new one is begun"
            )
        for statements in _CHANGES[version:] if version else (_TABLES, _SIGN_INS):
            connection.execute(statements)
        for statements in _lacking(connection):
            connection.execute(statements)
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _lacking(connection: apsw.Connection) -> list[str]:
    """What makes the tables of _LATER that are not there."""
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [statements for name, statements in _LATER.items() if name not in known]


@contextmanager
def _transaction(connection: apsw.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has rolled back by itself where the disk is full
            connection.execute("ROLLBACK")
        raise


def _version(connection: apsw.Connection) -> int:
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(str(version))
