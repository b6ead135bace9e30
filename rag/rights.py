"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from rag.types import Scope


class Role(StrEnum):
    """What a person may do at all; each may what the one before it may."""

    READER = "reader"
    """Asks, and opens sources."""
    EDITOR = "editor"
    """Adds and removes documents, and has collections of their own."""
    ADMIN = "admin"
    """Manages people, settings and every collection."""

    def may(self, least: Role) -> bool:
        """Whether it may do what this role may."""
        roles = list(Role)
        return roles.index(self) >= roles.index(least)

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


@dataclass(frozen=True, slots=True)
class Rights:
    """The collections that a person may see and change at one moment; None stands for all of them."""

    readable: frozenset[str] | None = None
    editable: frozenset[str] | None = None

    def may_read(self, collection: str) -> bool:
        """Whether what is in a collection is shown."""
        return self.readable is None or collection in self.readable

    def may_edit(self, collection: str) -> bool:
        """Whether documents may be added to a collection and taken out."""
        return self.may_read(collection) and (self.editable is None or collection in self.editable)

    def within(self, scope: Scope) -> Scope:
        """As much of a scope as may be seen."""
        if self.readable is None:
            return scope
        allowed = self.readable if scope.allowed is None else scope.allowed & self.readable
        return replace(scope, allowed=allowed)


EVERYTHING = Rights()
