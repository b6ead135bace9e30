"""The file that a catalogue is, seen from outside: whether it may be written, is whole, and is still the same one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import apsw

from rag.errors import StoreError

NAME = "catalogue.sqlite"
SWAPPING = "restore/plan.json"
"""Is there while a restore puts another library in the place of the one that was there."""
BUSY_MS = 30_000
"""For so long a statement waits for another process that writes."""
_BESIDE = 65_536
"""Bytes: the index of the write-ahead log, and as much again."""
_HEAD = 100
"""Bytes of what SQLite writes at the beginning of its file."""


def check_whole(home: Path) -> None:
    """Raises StoreError where a restore was stopped halfway."""
    if (home / SWAPPING).exists():
        raise StoreError(
            f"a restore of {home} was stopped while it put the library in its place: run it once more with the same "
            "backup, which finishes it"
        )


def identity_of(catalogue: Path) -> tuple[int, int] | None:
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
            connection.set_busy_timeout(BUSY_MS)
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


def has_room(home: Path) -> bool:
    """Whether the disk can take the files that SQLite wants beside a catalogue which is only looked at."""
    return shutil.disk_usage(home).free >= _BESIDE


def closed(home: Path) -> StoreError:
    """What is said where something shall be written there."""
    return StoreError(
        f"the library in {home} can be searched but not changed, since its folder or catalogue is closed to writing: "
        "mount its disk writable, give yourself the rights, or set FOOTNOTE_HOME to a copy"
    )


def own_connection(path: Path) -> apsw.Connection:
    """A connection that may write to a copy which nobody else knows of; what is deleted is overwritten."""
    made = apsw.Connection(str(path))
    made.execute("PRAGMA secure_delete = ON").fetchall()
    return made


def read_only_connection(path: Path) -> apsw.Connection:
    """A connection that writes nothing, not even the files by which others would know of it.

    Changes that nobody has taken out of the write-ahead log are read from there, for which SQLite wants its index, too.
    """
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    if has_log and not path.with_name(f"{path.name}-shm").exists():
        raise StoreError(
            f"the last changes of the catalogue in {path.parent} are still in {log.name}, and cannot be taken in "
            "there: open a copy of the folder where it can be written"
        )
    address = f"{path.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"
    return apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
