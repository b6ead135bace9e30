"""What a provider of OpenID Connect has told of somebody, as Streamlit keeps it in signed cookies."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from indexes.sessions import LONGEST_S
from indexes.users import clean, key
from rag.errors import InputError

_DAY_S = 24 * 3600
_SUBJECT = "sub:"
"""Before a provider's own name of somebody that looks like an address, and is none that it has verified."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in."""

    name: str | None
    """None where nobody is told of whom a name can be given to."""
    proofs: tuple[str, ...]
    """The name with what is signed, for each cookie that holds a part of what was told: no other text of it passes as
    signed, while the signature itself may be written in more than one way. A part alone may be the same for two people
    who signed in within a second."""


def read(cookies: Mapping[str, str]) -> SignIn:
    """What they say, as far as they are Streamlit's own and not too old."""
    parts: list[str] = []

    def signed(cookie: str) -> bytes | None:
        value = cookies.get(cookie, "")
        text = decode_signed_value(get_cookie_secret(), cookie, value, LONGEST_S / _DAY_S)
        if text and not text.startswith(b"chunks-"):  # their number alone is nobody's
            parts.append(value.rpartition(".")[0])
        return text

    try:
        claims = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        claims = {}
    name = _name(claims) if isinstance(claims, dict) else None
    return SignIn(name, tuple(f"{name}\0{part}" for part in parts))


def _name(claims: dict[str, Any]) -> str | None:
    """The address, where the provider has verified it, which alone keeps others from claiming it; else the provider's
    own name of them, which is nobody else's. No such name is anybody's address."""
    if claims.get("is_logged_in") is not True:
        return None
    verified = claims.get("email_verified")
    email, subject = claims.get("email"), claims.get("sub")
    if (verified is True or verified == "true") and _is_address(email) and not email.lower().startswith(_SUBJECT):
        return _kept(email)
    return _kept(f"{_SUBJECT}{subject}" if _is_address(subject) else subject)


def _is_address(told: object) -> TypeGuard[str]:
    return isinstance(told, str) and "@" in told


def _kept(told: object) -> str | None:
    """The name; None for one that would be compared as another one is, by more than its capitals."""
    if not isinstance(told, str) or unicodedata.normalize("NFKC", told) != told or key(told) != told.lower():
        return None
    try:
        return clean(told)
    except InputError:
        return None
