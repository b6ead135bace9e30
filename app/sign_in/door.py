"""Who comes in: the person behind the cookies that a browser brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.sign_in.attempts import Attempts
from app.sign_in.records import SignInRecords
from app.users_cli import NO_ADMIN
from app.words import tr
from indexes.passwords import hashed, matches
from indexes.sessions import Sessions
from indexes.users import User, UserFile
from rag.errors import ConfigError, InputError
from rag.rights import Person, Role
from rag.settings import Settings

COOKIE = "footnote_session"


class Door(Protocol):
    """One of the ways to sign in."""

    users: UserFile
    has_passwords: bool
    """Whether they are kept here, and can be changed."""
    language: str
    """FOOTNOTE_LANGUAGE."""

    def change_own(self, name: str, old: str, new: str) -> None:
        """Another password for whoever knows the old one. Raises InputError."""

    def who(self, cookies: Mapping[str, str]) -> Person | None:
        """The person; None where nobody is signed in. Asked for each request and each click. Raises StoreError."""


class FileDoor:
    """People of the file of users, with a session for each browser."""

    has_passwords = True

    def __init__(self, settings: Settings) -> None:
        self.users = UserFile(settings.home)
        self.language = settings.language
        self.sessions = Sessions(settings.home, self.users)
        self.attempts = Attempts()
        self._records = SignInRecords(settings.home)

    def who(self, cookies: Mapping[str, str]) -> Person | None:
        """The user whose session the cookie is."""
        user = self.sessions.user(cookies[COOKIE]) if COOKIE in cookies else None
        return user.person if user else None

    def checked(self, name: str, password: str) -> User | None:
        """The user of this name and password; it takes as long where there is none. The audit log is told."""
        user = self.users.find(name)
        is_right = matches(user.password if user else None, password)
        if user is None:
            self._records.add("", "unknown name")
        else:
            self._records.add(user.name, "signed in" if is_right else "wrong password")
        return user if is_right else None

    def end(self, token: str) -> None:
        """Nobody is signed in with it any more."""
        if user := self.sessions.user(token):
            self.sessions.end(token)
            self._records.add(user.name, "signed out")

    def change_own(self, name: str, old: str, new: str) -> None:
        """Guesses at the old password are slowed down as those at the gate."""
        if self.attempts.wait(name):
            raise InputError(tr("Too many wrong passwords: try again later"))
        if not matches(self.users.user(name).password, old):
            raise InputError(tr("The password until now is another one"))
        self.attempts.succeeded(name)
        self.users.change(name, password=hashed(new))


def open_door(settings: Settings) -> Door | None:
    """The way to sign in here; None where nobody does. Raises ConfigError where nobody could as an admin, or the data
    of the provider are missing."""
    if settings.sign_in == "off":
        return None
    if not any(user.role is Role.ADMIN for user in UserFile(settings.home).all()):
        raise ConfigError(f"FOOTNOTE_SIGN_IN={settings.sign_in}, but {NO_ADMIN}")
    if settings.sign_in == "file":
        return FileDoor(settings)
    from app.sign_in.oidc import OidcDoor, check_secrets  # imports Streamlit, and needs a package more

    check_secrets()
    return OidcDoor(settings)
