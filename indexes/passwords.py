"""Passwords as argon2id hashes: each guess at one costs 64 MiB and tens of milliseconds."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from secrets import token_hex
from typing import TYPE_CHECKING

from rag.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 8
_LONGEST = 1000
"""More would be work for the server, and no safer."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""So many are worked out at a time: each takes 64 MiB, and strangers may ask for as many as they like."""


def hashed(password: str) -> str:
    """The hash to keep, with its salt and parameters. Raises InputError for a password too short or too long."""
    if len(password) < SHORTEST:
        raise InputError(f"the password has {len(password)} characters: {SHORTEST} are the least, and more are better")
    if len(password) > _LONGEST:
        raise InputError(f"the password has {len(password):,} characters: {_LONGEST:,} are the most")
    with _AT_ONCE:
        return _hasher().hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of a hash. Where there is none (a name that nobody has), it takes as long, and is
    wrong."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _AT_ONCE:
        try:
            is_right = _hasher().verify(kept or _nobodys(), _normal(password[:_LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return is_right and bool(kept)


def _normal(password: str) -> bytes:
    """One password however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # where nobody signs in it is never read

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody knows."""
    return _hasher().hash(token_hex())
