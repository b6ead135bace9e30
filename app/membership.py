"""Who may sign in: whoever is new has nothing of a former one of the same name, and nothing is left of who goes."""

from __future__ import annotations

from app import cut_short
from indexes.catalogue import Catalogue
from indexes.users import User, UserFile
from rag.rights import Role


def add_person(users: UserFile, catalogue: Catalogue, name: str, role: Role, password: str) -> User:
    """Let somebody in with a password, given as a hash. What a restored backup, or a removal that was stopped, has left
    of a former person of this name is not theirs. Raises InputError for a name that is taken or cannot be used.
    """
    return users.add(name, role, password, before=lambda user: _forget(catalogue, user.name))


def remove_person(users: UserFile, catalogue: Catalogue, name: str) -> User:
    """End their sessions, and let them in no more. Their conversations are deleted, and what was shared with them is
    not any more; their documents stay, and admins see to their collections. Where that fails they are a user still.
    Raises InputError for the last admin."""
    return users.remove(name, before=lambda user: _forget(catalogue, user.name))


def _forget(catalogue: Catalogue, name: str) -> None:
    with catalogue.database.writing():
        catalogue.access.forget(name)
        catalogue.removed.forget(name)
        catalogue.conversations.forget(name)
        catalogue.dismissals.forget(name)
    cut_short.forget(catalogue.home, name)
