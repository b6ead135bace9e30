"""The library as one person may change it: every deed is checked here, and then done as for anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.components.removal_text import consequences
from app.jobs import JobBoard
from app.permissions import Permissions
from app.personal_catalogue import PersonalCatalogue
from indexes.access import Sharing, Visibility
from indexes.library import Library
from indexes.weight_table import CollectionWeight
from ingest import removal, shelving
from ingest.discovery import Looked
from ingest.sync import Plan, coming, plan, rearrange
from rag.types import DocumentRecord


class PersonalLibrary:
    """Documents and collections with what a person does to them. Each deed raises InputError where it is not theirs
    to do, in the words of what is not there where they may not see it."""

    def __init__(self, library: Library, permissions: Permissions) -> None:
        self._whole = library
        self._may = permissions
        self.catalogue = PersonalCatalogue(library.catalogue, permissions)
        self.board = JobBoard(library, permissions)

    @property
    def sees_all(self) -> bool:
        """Whether nothing of it is kept from the person."""
        return self._may.allowed is None

    # -- documents ---------------------------------------------------------------------------------------------

    def remove(self, documents: Sequence[int]) -> int:
        """Take documents out; how many."""
        return removal.remove(self._whole, self._editable(documents))

    def move(self, documents: Sequence[int], collection: str) -> shelving.Done:
        """Put documents into a collection; a new one of somebody who has signed in is theirs alone."""
        ids = self._editable(documents)
        return shelving.move(self._whole, ids, self._may.prepare(collection)) if ids else shelving.Done(0)

    def read_again(self, documents: Sequence[int]) -> shelving.Done:
        """Queue documents to be read anew from their files."""
        return shelving.read_again(self._whole, self._editable(documents))

    def consequences(self, marked: Sequence[DocumentRecord]) -> Iterator[str]:
        """What becomes of documents that are removed, for a person."""
        seen = self.catalogue.listed.records([record.id for record in marked])
        return consequences(self._whole, seen)

    def _editable(self, documents: Sequence[int]) -> list[int]:
        """Those of these documents that are there; raises where one of them may be seen and not changed."""
        records = self.catalogue.listed.records(documents)
        self._may.check_edit(*{record.collection for record in records})
        return [record.id for record in records]

    # -- collections -------------------------------------------------------------------------------------------

    def rename(self, old: str, new: str) -> None:
        """Give a collection another name."""
        self._may.check_edit(old)
        self._may.is_new(new)
        shelving.rename(self._whole, old, new)

    def delete(self, name: str) -> int:
        """Remove a collection with all its documents; how many these were."""
        self._may.check_edit(name)
        return shelving.delete(self._whole, name)

    def weights(self) -> Mapping[str, CollectionWeight]:
        """Collection -> the weight that searches in it use."""
        rights = self._may.rights
        return {name: one for name, one in self._whole.weights().items() if rights.may_read(name)}

    def fix_weight(self, collection: str, weight: float | None) -> None:
        """Set a collection's weight by hand, or let it be tuned again."""
        self._may.check_edit(collection)
        self._whole.catalogue.weights.fix(collection, weight)

    # -- folders -----------------------------------------------------------------------------------------------

    def plan(self, collection: str, folder: Path, looked: Looked) -> Plan:
        """What following a folder would do to a collection."""
        self._may.is_new(collection)
        return plan(self._whole, collection, folder, looked)

    def follow(self, collection: str, planned: Plan) -> int:
        """Do it; how many files are on their way."""
        self._may.prepare(collection)
        rearrange(self._whole, planned)
        return self.board.add_files(coming(planned), collection)

    # -- who may see what --------------------------------------------------------------------------------------

    @property
    def is_shared(self) -> bool:
        """Whether there are people from whom something could be kept."""
        return self._may.is_signed_in

    @property
    def me(self) -> str:
        """The person's own name."""
        return self._may.person.name

    def sharing(self) -> Mapping[str, Sharing]:
        """Collection -> who may see and change it, of those that the person may see."""
        rights = self._may.rights
        return {name: one for name, one in self._may.access.all().items() if rights.may_read(name)}

    def manages(self, collection: str) -> bool:
        """Whether the person says who may see a collection."""
        return self._may.manages(collection)

    def may_edit(self, collection: str) -> bool:
        """Whether the person may change what is in a collection."""
        return self._may.rights.may_edit(collection)

    def show_to(self, collection: str, visibility: Visibility) -> None:
        """Let a collection be private, shared or public. One that was nobody's is the person's from now on, unless it
        stays public: else nobody but admins would see it."""
        self._may.check_manage(collection)
        if visibility is not Visibility.PUBLIC and not self._may.access.of(collection).owner and self.is_shared:
            self._may.access.give(collection, self._may.person.name)
        self._may.access.show_to(collection, visibility)

    def share(self, collection: str, person: str, *, may_edit: bool) -> None:
        """Let a person see a collection, and if wanted change it."""
        self._may.check_manage(collection)
        self._may.access.share(collection, person, may_edit=may_edit)

    def unshare(self, collection: str, person: str) -> None:
        """Take that back."""
        self._may.check_manage(collection)
        self._may.access.unshare(collection, person)

    def give(self, collection: str, person: str) -> None:
        """Make a collection another person's own."""
        self._may.check_manage(collection)
        self._may.access.give(collection, person)
