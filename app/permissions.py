"""What one person may see and change, asked anew whenever it matters: what was taken from them is gone at once."""

from __future__ import annotations

from itertools import count

from indexes.access import AccessTable, Visibility, taken
from indexes.removed import RemovedDocument, RemovedGroup
from ingest.cutting import checked_collection
from rag.errors import InputError
from rag.rights import OWNER, Person, Rights
from rag.types import Scope

_LONGEST_OWN = 90


class Permissions:
    """The one place that decides. What may not be seen is as if it were not there; what may be seen and not changed is
    said to be so. Each method raises InputError with a sentence for the person."""

    def __init__(self, access: AccessTable, person: Person = OWNER) -> None:
        self.access = access
        self.person = person

    @property
    def rights(self) -> Rights:
        """As they are now."""
        return self.access.rights_of(self.person)

    @property
    def allowed(self) -> frozenset[str] | None:
        """The collections that may be seen; None for all."""
        return self.rights.readable

    @property
    def is_signed_in(self) -> bool:
        """Whether there are other people from whom something may be kept."""
        return self.person != OWNER

    def within(self, scope: Scope | None) -> Scope:
        """As much of a scope as may be seen."""
        return self.rights.within(scope or Scope())

    def check_seen(self, collection: str) -> None:
        """Raises for a collection that may not be seen, or is not there."""
        if not self.rights.may_read(collection):
            raise InputError(f"there is no collection {collection!r}")

    def check_edit(self, *collections: str) -> None:
        """Raises unless all of these may be changed."""
        rights = self.rights
        for name in collections:
            if not rights.may_read(name):
                raise InputError(f"there is no collection {name!r}")
            if not rights.may_edit(name):
                raise InputError(f"you may see the collection {name!r} and not change it: ask whose it is for that")

    def puts_back(self, one: RemovedDocument | RemovedGroup) -> bool:
        """Whether they may see that a document was removed, and put it back: whoever may change its collection, or
        might when that was deleted; another one of its name tells nothing."""
        if one.former is None or self.rights.editable is None:
            return self.rights.may_edit(one.collection)
        return self.person.role.edits and one.former.sharing.may_edit(self.person.name)

    def is_new(self, collection: str) -> bool:
        """Whether documents that are put into a collection would make it. Raises where they may not be put there, also
        since the name is taken by one that may not be seen."""
        name = checked_collection(collection)
        if name in self.access.all():
            if not self.rights.may_read(name):
                raise taken(name)
            self.check_edit(name)
            return False
        if not self.person.role.edits:
            raise InputError("you may ask and not add documents: an admin can make you an editor")
        return True

    def prepare(self, collection: str, visibility: Visibility = Visibility.PRIVATE) -> str:
        """The checked name of a collection that documents may be put into. A new one of somebody who has signed in is
        theirs, and as visible as is said. Raises as `is_new` does."""
        name = checked_collection(collection)
        if self.is_new(name) and self.is_signed_in:
            self.access.begin(name, self.person.name)
            if visibility is not Visibility.PRIVATE:
                self.access.show_to(name, visibility)
        return name

    def own_collection(self) -> str:
        """The name of the person's own collection for whatever they add, there already or not: theirs, or a like one
        where that is of others, as that of everybody's `papers` is for a person of this name."""
        known, own = self.access.all(), self.person.name[:_LONGEST_OWN]
        names = (f"{own} {n}" if n > 1 else own for n in count(1))
        return next(name for name in names if name not in known or known[name].owner == self.person.name)

    def check_manage(self, collection: str) -> None:
        """Raises unless it is the person's to say who sees a collection: their own one, or any for an admin."""
        self.check_seen(collection)
        if not self.manages(collection):
            raise InputError(f"only whose collection {collection!r} is, or an admin, says who may see it")

    def manages(self, collection: str) -> bool:
        """Whether it is theirs to say who sees a collection that they may see."""
        if self.rights.editable is None:
            return True
        return self.person.role.edits and self.access.of(collection).owner == self.person.name
