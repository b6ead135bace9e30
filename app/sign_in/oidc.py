"""Signing in by a provider of OpenID Connect: Streamlit asks it, and this file reads what Streamlit has kept of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.auth_util import get_cookie_with_chunks, is_authlib_installed, validate_auth_credentials
from streamlit.errors import StreamlitAuthError
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from app.sign_in.door import Door
from app.sign_in.gate import SIGN_IN
from app.sign_in.page import link, page
from app.sign_in.reader import speaking_to
from app.words import tr
from indexes.sessions import LONGEST_S
from indexes.users import UserFile, clean
from rag.errors import ConfigError, InputError
from rag.rights import Person, Role
from rag.settings import Settings

_START = f"{SIGN_IN}/provider"
PATHS = (_START, "/auth/login", "/auth/logout", "/oauth2callback")
"""Addresses on the way to the provider and back, most of them Streamlit's own."""
_PROVIDER = "default"
_DAY_S = 24 * 3600


class OidcDoor:
    """People whom the provider knows. The file of users says their roles, and may say nothing of most."""

    has_passwords = False

    def __init__(self, settings: Settings) -> None:
        self.users = UserFile(settings.home)
        self.language = settings.language
        self._role = None if settings.oidc_role == "none" else Role(settings.oidc_role)

    def who(self, cookies: Mapping[str, str]) -> Person | None:
        """Whom the provider has told of, with a role; None for everybody else."""
        name = name_in(cookies)
        if name is None:
            return None
        if user := self.users.find(name):
            return user.person
        return Person(name, self._role) if self._role else None

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
        validate_auth_credentials(_PROVIDER)
    except StreamlitAuthError as error:
        raise ConfigError(
            "FOOTNOTE_SIGN_IN=oidc needs the provider's data in .streamlit/secrets.toml: "
            f"{' '.join(str(error).split())}"
        ) from error


def name_in(cookies: Mapping[str, str]) -> str | None:
    """The name of whoever Streamlit's signed cookie tells of: the address, where the provider has verified it, which
    alone keeps others from claiming it; else the provider's own name of them, which is nobody else's."""
    claims = _claims(cookies)
    is_verified = claims.get("email_verified") in (True, "true")
    told = claims.get("email") if is_verified else claims.get("sub")
    try:
        return clean(told) if isinstance(told, str) and claims.get("is_logged_in") is True else None
    except InputError:
        return None


def _claims(cookies: Mapping[str, str]) -> dict[str, Any]:
    """What the cookie says, as long as it is Streamlit's own and not too old."""

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value, LONGEST_S / _DAY_S) if value else None

    try:
        found = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def oidc_routes(door: Door) -> list[Route]:
    """The page that leads to the provider."""

    def show(request: Request) -> Response:
        with speaking_to(request, door.language):
            return _shown(name_in(request.cookies))

    return [Route(SIGN_IN, show, methods=["GET"]), Route(_START, _lead, methods=["GET"])]


def _shown(name: str | None) -> Response:
    if name is None:
        return page(link(_START, tr("Sign in")))
    said = tr("You are signed in as {name}, and may do nothing here: ask an admin for a role.", name=name)
    return page(link("/auth/logout", tr("Sign out")), said, 403)


def _lead(_request: Request) -> Response:
    """As `st.login` does, of which this is the half that needs no page of Streamlit's."""
    return RedirectResponse(generate_login_redirect_url(_PROVIDER), 303, {"Cache-Control": "no-store"})
