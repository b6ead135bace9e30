"""A folder that belongs to one process at a time: the operating system lets go of it when the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = "owner.lock"


class Ownership:
    """The lock on a folder, held until `release` or the end of the process, however it ends."""

    def __init__(self, folder: Path, file: int) -> None:
        self.folder = folder
        self._file: int | None = file

    @classmethod
    def take(cls, folder: Path) -> Ownership | None:
        """The folder, made where it is missing; None while somebody else holds it, in this process or another, or has
        just taken it away."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is_named(file, folder / LOCK):
                raise BlockingIOError
        except BlockingIOError:
            os.close(file)
            return None
        owned = cls(folder, file)
        try:
            os.truncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        except OSError:  # of a full disk: whoever is told of it may try again
            owned.release()
            raise
        return owned

    def release(self) -> None:
        """Let others have the folder; a second time does nothing."""
        file, self._file = self._file, None  # before it is closed: a stop between the two would close another one's
        if file is not None:
            os.close(file)

    def clear_away(self) -> None:
        """Release, and leave nothing behind: the folder goes, unless something else lies in it."""
        if self._file is not None:
            with suppress(OSError):  # nobody misses it, and it is in nobody's way
                (self.folder / LOCK).unlink()
                self.folder.rmdir()
        self.release()

    def __del__(self) -> None:
        self.release()


def _is_named(file: int, path: Path) -> bool:
    """Whether an open file is the one of this name: a lock that was taken away keeps nobody out."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def is_held(folder: Path) -> bool:
    """Whether somebody holds a folder, which is left as it is. Who takes it at this very moment may be refused."""
    try:
        file = os.open(folder / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def holder(folder: Path) -> str:
    """The number of the process that holds a folder, as text for a person; empty when it is not known."""
    try:
        return (folder / LOCK).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Wait until nobody else, in this process or another, is in such a block with this file, made where it is
    missing."""
    file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
