"""What SQLite says when something is wrong, as a sentence with the cure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apsw

from rag.errors import StoreError

_FULL = "the disk is full: make room and try again; what was there before is kept"
_NO_ROOM = (apsw.SQLITE_IOERR_SHMSIZE, apsw.SQLITE_IOERR_SHMMAP)
"""What SQLite says instead where not even the index of its write-ahead log has room."""
_CURES: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.BusyError, "another process has been writing to it for too long: try again when that is done"),
    (apsw.FullError, _FULL),
    (
        apsw.CorruptError,
        "its file is damaged: put back catalogue.sqlite from a copy, or add the documents to a new home",
    ),
    (apsw.NotADBError, "its file is no catalogue: put back catalogue.sqlite from a copy"),
    (apsw.SQLError, "a part of it is missing: `python -m ingest doctor` says what can be made anew, and what is lost"),
    (apsw.ConstraintError, "its tables disagree with each other: `python -m ingest doctor --repair` mends that"),
    (apsw.CantOpenError, "check that its folder is there, and its rights"),
    (apsw.IOError, "its disk fails: look at the system's log, and copy the library to another one"),
    (
        apsw.ReadOnlyError,
        "it may not be written: check the rights of its folder, and whether its disk is mounted for reading alone",
    ),
)


class Cursor(apsw.Cursor):
    """Turns SQLite's errors into a StoreError that says what to do."""

    def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        with translated():
            return super().execute(*arguments, **options)

    def executemany(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        with translated():
            return super().executemany(*arguments, **options)

    def __next__(self) -> Any:  # noqa: ANN401
        with translated():
            return super().__next__()


@contextmanager
def translated() -> Iterator[None]:
    """Raises StoreError in place of what SQLite says."""
    try:
        yield
    except (apsw.Error, UnicodeError) as error:
        cure = next((cure for kind, cure in _CURES if isinstance(error, kind)), "try again")
        if getattr(error, "extendedresult", 0) in _NO_ROOM:
            cure = _FULL
        raise StoreError(f"the catalogue cannot be used ({error}): {cure}") from error
