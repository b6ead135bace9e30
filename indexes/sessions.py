"""Who is signed in: a file for each session in a folder of the home, named by the hash of its token.

The token itself is the browser's alone, so that nobody who reads the folder or a copy of it can sign in with it. A
file's time is when its session was last used.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from indexes.system_errors import told
from indexes.users import User, UserFile, key
from rag.errors import StoreError

LONGEST_S = 7 * 24 * 3600
"""After that everybody signs in again."""
IDLE_S = 12 * 3600
_TOUCHED_EVERY_S = 60
_BYTES = 32


class Sessions:
    """The sessions of a home, which outlast a restart of the server. They end when their user is gone, has another
    password, or signs out, and `IDLE_S` after they were last used."""

    def __init__(self, home: Path, users: UserFile, clock: Callable[[], float] = time.time) -> None:
        self._folder = home / "sessions"
        self._users = users
        self._clock = clock

    def begin(self, user: User) -> str:
        """A token for a browser to keep. Raises StoreError."""
        token = secrets.token_urlsafe(_BYTES)
        row = json.dumps({"name": user.name, "mark": _mark(user), "began": self._clock()})
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sweep(self._folder, self._clock() - IDLE_S)
            path = self._path(token)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(row)
            self._touch(path)
        except OSError as error:
            raise StoreError(f"nobody can sign in: {told(error)}") from error
        return token

    def user(self, token: str) -> User | None:
        """Whose session it is, if it still is one. Raises StoreError where the users cannot be read."""
        path = self._path(token)
        try:
            used, row = path.stat().st_mtime, json.loads(path.read_text("utf-8"))
            began, name, mark = float(row["began"]), str(row["name"]), row["mark"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        user = self._users.find(name)
        if user is None or _mark(user) != mark or self._is_over(began, used):
            self.end(token)
            return None
        if self._clock() - used > _TOUCHED_EVERY_S:
            self._touch(path)
        return user

    def end(self, token: str) -> None:
        """Nobody is signed in with it any more."""
        with suppress(OSError):
            self._path(token).unlink()

    def _path(self, token: str) -> Path:
        return self._folder / _hash(token)

    def _is_over(self, began: float, used: float) -> bool:
        now = self._clock()
        return now - began > LONGEST_S or now - used > IDLE_S

    def _touch(self, path: Path) -> None:
        with suppress(OSError):  # it has just ended
            os.utime(path, (self._clock(), self._clock()))


class EndedSignIns:
    """Sign-ins that a browser proves by a signed cookie alone, and that are over before it is too old: an empty file
    for each, named by a hash. They are remembered over restarts of the server for `LONGEST_S`, after which no such
    cookie counts any more. Each method raises StoreError."""

    def __init__(self, home: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = home / "sessions" / "ended"
        self._clock = clock

    def add(self, tokens: Iterable[str]) -> None:
        """What was proved by these is over."""
        try:
            for folder in (self._folder.parent, self._folder):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sweep(self._folder, self._clock() - LONGEST_S)
            for token in tokens:
                path = self._folder / _hash(token)
                path.touch(mode=0o600)
                os.utime(path, (self._clock(), self._clock()))
        except OSError as error:
            raise StoreError(f"a sign-out is not remembered: {told(error)}") from error

    def has_any(self, tokens: Iterable[str]) -> bool:
        """Whether one of these is over."""
        try:
            return any((self._folder / _hash(token)).exists() for token in tokens)
        except OSError as error:
            raise StoreError(f"who has signed out cannot be read: {told(error)}") from error


def _sweep(folder: Path, before: float) -> None:
    """Delete what nobody has touched since then, so that the folder stays small."""
    for path in folder.iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _mark(user: User) -> str:
    """Changes with the password, and with whoever comes to bear the name later."""
    return sha256(f"{key(user.name)}\0{user.password}".encode()).hexdigest()
