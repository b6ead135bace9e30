"""Who may sign in: names, roles and hashes of passwords, in a file of the home that people may read and mend."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from indexes.folder_digest import write_durably
from indexes.ownership import alone
from indexes.system_errors import told
from rag.errors import InputError, StoreError
from rag.rights import LOCAL, Person, Role

NAME = "users.json"
_LOCK = "users.lock"
_LONGEST_NAME = 100
_LAST_ADMIN = "{} is the last admin: make another one first with `python -m app users role NAME admin`"


@dataclass(frozen=True, slots=True)
class User:
    """`password`: as a hash; empty for somebody who signs in elsewhere."""

    name: str
    role: Role
    password: str = ""

    @property
    def person(self) -> Person:
        """Who asks, once they have signed in."""
        return Person(self.name, self.role)


def _nothing(_user: User) -> None:
    """Is done before."""


def key(name: str) -> str:
    """What names are compared by: neither capitals nor ways to write a letter tell two people apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def clean(name: str) -> str:
    """The name as it is kept. Raises InputError for one that cannot be told or typed."""
    kept = " ".join(unicodedata.normalize("NFKC", name).split(" ")).strip()
    if not kept or len(kept) > _LONGEST_NAME:
        raise InputError(f"a name has 1 to {_LONGEST_NAME} characters, and this one {len(kept):,}")
    if not kept.isprintable():  # control characters, and those that hide or turn others
        raise InputError(f"the name {kept!r} has characters that nobody sees: leave them out")
    if key(kept) == LOCAL:
        raise InputError(f"{LOCAL!r} is whoever asks where nobody signs in: choose another name")
    return kept


class UserFile:
    """The users of a home. What is changed counts at once, in other processes too; each change is a whole new file."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self._read: tuple[tuple[int, int, int], dict[str, User]] | None = None

    def all(self) -> tuple[User, ...]:
        """By name. Raises StoreError for a file that cannot be used."""
        return tuple(self._users().values())

    def find(self, name: str) -> User | None:
        """The user of this name, however it is written. Raises StoreError."""
        return self._users().get(key(name))

    def user(self, name: str) -> User:
        """The same; raises InputError where there is none."""
        if found := self.find(name):
            return found
        raise InputError(f"there is no user {name!r}: `python -m app users list` shows them")

    def check_new(self, name: str) -> None:
        """Raises InputError for a name that is taken or cannot be used."""
        if taken := self.find(clean(name)):
            raise InputError(f"there is a user {taken.name!r} already: choose another name")

    def add(self, name: str, role: Role, password: str = "", before: Callable[[User], None] = _nothing) -> User:
        """`password`: a hash. `before`: done before anything is written, which it prevents by raising. Raises
        InputError for a name that is taken or cannot be used."""
        user = User(clean(name), role, password)
        with self._changing() as users:
            self.check_new(user.name)
            users[key(user.name)] = user
            before(user)
        return user

    def change(self, name: str, *, role: Role | None = None, password: str | None = None) -> User:
        """Another role or password. Raises InputError where there is no such user, and for the last admin's role."""
        with self._changing() as users:
            user = self.user(name)
            changed = replace(
                user,
                role=user.role if role is None else role,
                password=user.password if password is None else password,
            )
            users[key(name)] = changed
            _keep_an_admin(user, users.values())
        return changed

    def remove(self, name: str, before: Callable[[User], None] = _nothing) -> User:
        """`before`: as for `add`. Raises InputError where there is no such user, and for the last admin."""
        with self._changing() as users:
            user = self.user(name)
            del users[key(name)]
            _keep_an_admin(user, users.values())
            before(user)
        return user

    def _users(self) -> dict[str, User]:
        """Read anew when the file is another one than before."""
        try:
            found = self.path.stat()
            mark = (found.st_ino, found.st_mtime_ns, found.st_size)
            if self._read is None or self._read[0] != mark:
                self._read = mark, _parsed(self.path)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(f"the users cannot be read: {told(error)}") from error
        return self._read[1]

    @contextmanager
    def _changing(self) -> Iterator[dict[str, User]]:
        """What is in the file, to be changed by one process at a time; written when all went well."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with alone(self.path.with_name(_LOCK)):
                self._read = None
                users = dict(self._users())
                yield users
                _write(self.path, sorted(users.values(), key=lambda user: key(user.name)))
        except OSError as error:
            raise StoreError(f"the users cannot be changed: {told(error)}") from error


def _keep_an_admin(before: User, users: Iterable[User]) -> None:
    if before.role is Role.ADMIN and not any(user.role is Role.ADMIN for user in users):
        raise InputError(_LAST_ADMIN.format(before.name))


def _parsed(path: Path) -> dict[str, User]:
    try:
        rows = json.loads(path.read_text("utf-8"))["users"]
        users = [User(clean(row["name"]), Role(row["role"]), str(row.get("password", ""))) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise StoreError(
            f"{path} is not a file of users ({error}): mend it, or move it away and add the users again with "
            "`python -m app users add NAME --role admin`"
        ) from error
    return {key(user.name): user for user in users}


def _write(path: Path, users: Sequence[User]) -> None:
    """A new file in the place of the old one, so that no reader ever sees half of it. Nobody else may read it: who has
    the hashes can guess at them without anybody noticing."""
    rows = [{"name": user.name, "role": user.role.value, "password": user.password} for user in users]
    write_durably(path, json.dumps({"users": rows}, ensure_ascii=False, indent=1), mode=0o600)
