"""The library as one person may change it: every deed is checked here, and then done as for anybody."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from app import cut_short
from app.components.removal_text import consequences
from app.cut_short import CutShort
from app.jobs import JobBoard
from app.permissions import Permissions
from app.personal_catalogue import PersonalCatalogue
from indexes.access import Sharing, Visibility
from indexes.library import Library
from indexes.removed import RemovedDocument, RemovedGroup
from indexes.weight_table import CollectionWeight
from ingest import removal, shelving, sweeping
from ingest.discovery import Looked
from ingest.keeping import Keeping
from ingest.sync import Plan, coming, plan, rearrange
from ingest.undoing import PutBack, put_back
from rag.errors import InputError
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

    def remove(self, documents: Sequence[int], keeping: Keeping | None = None) -> int:
        """Take documents out, so that they can be put back for a while; how many."""
        mine = self._editable(documents)
        with cut_short.noted(self._home, self.me, "remove", mine):
            return removal.remove(self._whole, mine, keeping or self.keeping())

    def with_inside(self, documents: Sequence[int]) -> set[int]:
        """These documents and those that were found inside of them."""
        mine = self._editable(documents)
        return set(mine).union(*map(self._whole.catalogue.sources.inside, mine))

    def keeping(self) -> Keeping:
        """A removal by this person, with its own time from now on."""
        return Keeping(self._whole, days=self.undo_days, by=self._may.person.name)

    @property
    def undo_days(self) -> int:
        """For how long what is removed can be put back; 0: not at all."""
        return self._whole.settings.undo_days

    def move(self, documents: Sequence[int], collection: str) -> shelving.Done:
        """Put documents into a collection; a new one of somebody who has signed in is theirs alone."""
        ids, prepare = self._editable(documents), self._may.prepare
        if not ids:
            return shelving.Done(0)
        name = prepare(collection)
        with cut_short.noted(self._home, self.me, "move", ids, name):
            return shelving.move(self._whole, ids, name, prepare)

    def cut_short(self) -> list[tuple[CutShort, int]]:
        """Removals and moves of this person that a killed process left half done, and how many documents each came to.
        Those of which the rest was done since are forgotten."""
        found = [(one, self._n_done(one)) for one in cut_short.found(self._home, self.me)]
        for one, n in found:
            if n == len(one.documents):
                self.forget_cut(one.mark)
        return [(one, n) for one, n in found if n < len(one.documents)]

    def _n_done(self, one: CutShort) -> int:
        records = self._whole.catalogue.listed.records(one.documents)
        left = records if one.deed == "remove" else [r for r in records if r.collection != one.collection]
        return len(one.documents) - len(left)

    def forget_cut(self, mark: str) -> None:
        """Tell of it no more."""
        cut_short.forget(self._home, self.me, mark)

    @property
    def _home(self) -> Path:
        return self._whole.settings.home

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

    # -- what was removed --------------------------------------------------------------------------------------

    def removals(self) -> list[RemovedGroup]:
        """What this person may put back, the last removal first."""
        return [group for group in self._whole.catalogue.removed.groups(time.time()) if self._may.puts_back(group)]

    def removed(self, groups: Iterable[RemovedGroup], most: int | None = None) -> list[RemovedDocument]:
        """The documents of such groups, at most so many."""
        found: list[RemovedDocument] = []
        for group in groups:
            left = -1 if most is None else most - len(found)
            found += self._whole.catalogue.removed.of(group, time.time(), left) if left else []
        return [one for one in found if self._may.puts_back(one)]

    @property
    def n_removed_bytes(self) -> int:
        """What the originals take of whatever can be put back, by whomever: for those who see all."""
        return self._whole.catalogue.removed.n_bytes() if self.sees_all else 0

    def is_coming(self, one: RemovedDocument) -> bool:
        """Whether it is on its way back."""
        return sweeping.is_coming(self._whole, one)

    def put_back(self, ids: Collection[int]) -> PutBack:
        """Queue removed documents. Raises InputError where somebody else has a collection of their name by now."""
        mine = self._removed(ids)
        known = self._may.access.all()
        for name in {one.collection for one in mine if one.former is not None and one.collection in known}:
            self._may.is_new(name)
        return put_back(self._whole, [one.id for one in mine])

    def delete_for_good(self, ids: Collection[int]) -> int:
        """Delete what could be put back; how many documents these were."""
        return sweeping.end(self._whole, [one.id for one in self._removed(ids)])

    def _removed(self, ids: Collection[int]) -> list[RemovedDocument]:
        found = self._whole.catalogue.removed.some(ids, time.time())
        mine = [one for one in found if self._may.puts_back(one)]
        if not mine:
            raise InputError("nothing of this can be put back any more: its time is over, or it is back already")
        return mine

    # -- collections -------------------------------------------------------------------------------------------

    def rename(self, old: str, new: str) -> None:
        """Give a collection another name."""
        self._may.check_edit(old)
        self._may.is_new(new)
        shelving.rename(self._whole, old, new)

    def delete(self, name: str, keeping: Keeping | None = None) -> int:
        """Remove a collection with all its documents, so that they can be put back for a while; how many these were."""
        self._may.check_edit(name)
        return shelving.delete(self._whole, name, keeping or self.keeping())

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
