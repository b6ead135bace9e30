"""When somebody may sign in no more: nothing of theirs is left for another person of the same name."""

from __future__ import annotations

from indexes.catalogue import Catalogue
from indexes.users import User, UserFile


def remove_person(users: UserFile, catalogue: Catalogue, name: str) -> User:
    """End their sessions, and let them in no more. Their conversations are deleted, and what was shared with them is
    not any more; their documents stay, and admins see to their collections. Raises InputError for the last admin."""
    user = users.remove(name)
    catalogue.access.forget(user.name)
    catalogue.removed.forget(user.name)
    catalogue.conversations.forget(user.name)
    catalogue.dismissals.forget(user.name)
    return user
