"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do at all; each may what the one before it may."""

    READER = "reader"
    """Asks, and opens sources."""
    EDITOR = "editor"
    """Adds and removes documents, and has collections of their own."""
    ADMIN = "admin"
    """Manages people, settings and every collection."""

    @property
    def edits(self) -> bool:
        """Whether it may change documents."""
        return self is not Role.READER


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever asks. `name`: as they sign in, and as the audit log and their conversations know them."""

    name: str
    role: Role = Role.READER


LOCAL = "local"
"""Who asks, as long as nobody signs in."""
OWNER = Person(LOCAL, Role.ADMIN)
"""Whoever sits at a computer where nobody signs in."""
