"""Signing in by a provider of OpenID Connect: Streamlit asks it, and this file knows whom it has told of."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from streamlit.auth_util import is_authlib_installed, validate_auth_credentials
from streamlit.errors import StreamlitAuthError

from app.sign_in import claims
from app.sign_in.attempts import Attempts
from app.sign_in.records import SignInRecords
from app.words import tr
from indexes.sessions import EndedSignIns
from indexes.users import UserFile
from rag.errors import ConfigError, InputError, StoreError
from rag.rights import Person, Role
from rag.settings import Settings

PROVIDER = "default"


class OidcDoor:
    """People whom the provider knows. The file of users says their roles, and may say nothing of most."""

    has_passwords = False

    def __init__(self, settings: Settings) -> None:
        self.users = UserFile(settings.home)
        self.language = settings.language
        self._role = None if settings.oidc_role == "none" else Role(settings.oidc_role)
        self._ended = EndedSignIns(settings.home)
        self._records = SignInRecords(settings.home)
        self._failures = Attempts()

    def who(self, cookies: Mapping[str, str]) -> Person | None:
        """Whom the provider has told of, with a role; None for everybody else."""
        name = self.name(cookies)
        if name is None:
            return None
        if user := self.users.find(name):
            return user.person
        return Person(name, self._role) if self._role else None

    def name(self, cookies: Mapping[str, str]) -> str | None:
        """Of whom the provider has told, until they sign out: with a role or without. Raises StoreError."""
        told = claims.read(cookies)
        return None if told.name is None or self._ended.has_any(told.proofs) else told.name

    def begin(self, cookies: Mapping[str, str]) -> bool:
        """Whether these, which a browser is about to get, tell of somebody. The audit log is told."""
        name = self.name(cookies)
        if name is None:
            self.fail()
        else:
            self._records.add(name, "signed in" if self.who(cookies) else "no role")
        return name is not None

    def fail(self) -> None:
        """Somebody came back from the provider with nothing, or did not get there. The audit log is told, of many such
        at longer and longer intervals, as wrong passwords are: strangers can do so as often as they like, and every row
        takes the place of an older one."""
        if not self._failures.wait(""):
            self._records.add("", "failed")

    def end(self, cookies: Mapping[str, str]) -> None:
        """Nobody is signed in with these any more, whoever has a copy of them."""
        if name := self.name(cookies):
            try:
                self._ended.add(claims.read(cookies).proofs)
            except StoreError as error:  # the browser loses them anyway
                sys.stderr.write(f"footnote: {error}\n")
            self._records.add(name, "signed out")

    def change_own(self, name: str, old: str, new: str) -> None:  # noqa: ARG002
        """The provider does."""
        raise InputError(tr("Your password is changed where you sign in with it"))


def check_secrets() -> None:
    """Raises ConfigError where Streamlit's secrets do not say whom to ask, or what asks is missing."""
    if not is_authlib_installed():
        raise ConfigError(
            "FOOTNOTE_SIGN_IN=oidc needs a package more: `.venv/bin/python -m pip install -r requirements-oidc.txt`"
        )
    try:
        validate_auth_credentials(PROVIDER)
    except StreamlitAuthError as error:
        raise ConfigError(
            "FOOTNOTE_SIGN_IN=oidc needs the provider's data in .streamlit/secrets.toml: "
            f"{' '.join(str(error).split())}"
        ) from error
