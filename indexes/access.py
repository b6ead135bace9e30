"""Who may see and change which collection: each is private to its owner, shared with people, or public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from indexes.database import Database
from rag.errors import InputError
from rag.rights import EVERYTHING, Person, Rights, Role

_MOST_NAME = 200


class Visibility(StrEnum):
    """Who finds what is in a collection."""

    PRIVATE = "private"
    """Its owner."""
    SHARED = "shared"
    """Its owner, and the people whom it is shared with."""
    PUBLIC = "public"
    """Everybody who uses this Footnote."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may see and change one collection. Admins may always do both, and readers change nothing."""

    visibility: Visibility = Visibility.PUBLIC
    owner: str = ""
    """Empty where it is nobody's: then every editor may change what is public."""
    members: Mapping[str, bool] = field(default_factory=dict)
    """Person -> whether they may change it. They are kept, and see nothing, while it is private."""

    def may_read(self, name: str) -> bool:
        """Whether a person of this name finds what is in it."""
        is_own = bool(self.owner) and self.owner == name
        is_member = self.visibility is Visibility.SHARED and name in self.members
        return is_own or is_member or self.visibility is Visibility.PUBLIC

    def may_edit(self, name: str) -> bool:
        """Whether a person of this name who is an editor may change what is in it."""
        if not self.owner and self.visibility is Visibility.PUBLIC:
            return True
        is_member = self.visibility is not Visibility.PRIVATE and self.members.get(name, False)
        return (bool(self.owner) and self.owner == name) or is_member


_PUBLIC = Sharing()
_VISIBILITIES = {one.value: one for one in Visibility}


class AccessTable:
    """A part of the Catalogue. A collection of which nothing is kept is public and nobody's, as all are where nobody
    signs in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Sharing]:
        """Every collection by its name."""
        members: dict[int, dict[str, bool]] = {}
        with self._database.reading():
            for number, person, may_edit in self._database.rows("SELECT * FROM access_members ORDER BY person"):
                members.setdefault(number, {})[person] = bool(may_edit)
            rows = self._database.rows(_ALL)
        return {
            name: _PUBLIC if visibility is None else Sharing(_read(visibility), owner, members.get(number, {}))
            for number, name, visibility, owner in rows
        }

    def of(self, collection: str) -> Sharing:
        """One collection; raises InputError where there is none of that name."""
        found = self.all().get(collection)
        if found is None:
            raise InputError(f"there is no collection {collection!r}")
        return found

    def rights_of(self, person: Person) -> Rights:
        """What a person may see and change now."""
        if person.role is Role.ADMIN:
            return EVERYTHING
        readable, editable, name, edits = set(), set(), person.name, person.role.edits
        for collection, visibility, owner, membership in self._database.rows(_OF_PERSON, (name,)):
            members = {} if membership is None else {name: bool(membership)}
            one = _PUBLIC if visibility is None else Sharing(_read(visibility), owner, members)
            if one.may_read(name):
                readable.add(collection)
                if edits and one.may_edit(name):
                    editable.add(collection)
        return Rights(frozenset(readable), frozenset(editable))

    def begin(self, collection: str, owner: str) -> None:
        """Make a new collection that is private to a person. Raises InputError where the name is taken."""
        with self._database.writing():
            now = datetime.now(UTC).isoformat(timespec="seconds")
            sql = "INSERT OR IGNORE INTO collections (name, created_at) VALUES (?, ?) RETURNING id"
            number = self._database.one(sql, (collection, now))
            if number is None:
                raise taken(collection)
            self._database.execute("INSERT INTO access VALUES (?, ?, ?)", (number, Visibility.PRIVATE, _named(owner)))

    def show_to(self, collection: str, visibility: Visibility) -> None:
        """Let a collection be private, shared or public. Those whom it was shared with stay known."""
        self._put(collection, "visibility", visibility)

    def give(self, collection: str, owner: str) -> None:
        """Make a collection a person's own."""
        with self._database.writing():
            self._put(collection, "owner", _named(owner))
            self.unshare(collection, owner)

    def share(self, collection: str, person: str, *, may_edit: bool = False) -> None:
        """Let a person see a collection, and if wanted change it; one that was private is shared from now on."""
        with self._database.writing():
            known = self.of(collection)
            if known.owner == _named(person):
                raise InputError(f"{person!r} owns the collection {collection!r}, and may see and change it already")
            seen_by = Visibility.SHARED if known.visibility is Visibility.PRIVATE else known.visibility
            number = self._put(collection, "visibility", seen_by)
            sql = "INSERT OR REPLACE INTO access_members VALUES (?, ?, ?)"
            self._database.execute(sql, (number, _named(person), may_edit))

    def unshare(self, collection: str, person: str) -> None:
        """Take back from a person what was shared; nothing happens where it was not."""
        with self._database.writing():
            sql = "DELETE FROM access_members WHERE collection_id = ? AND person = ?"
            self._database.execute(sql, (self._number(collection), person))

    def forget(self, person: str) -> None:
        """Of a person who is no more: what was shared with them is not, so that no other one of that name sees it, and
        what they owned is nobody's, which admins alone see as long as it is private."""
        with self._database.writing():
            self._database.execute("DELETE FROM access_members WHERE person = ?", (person,))
            self._database.execute("UPDATE access SET owner = '' WHERE owner = ?", (person,))

    def _put(self, collection: str, column: str, value: str) -> int:
        """Set a column; the collection's number. What was not kept was public and nobody's."""
        with self._database.writing():
            number = self._number(collection)
            sql = "INSERT OR IGNORE INTO access VALUES (?, ?, '')"
            self._database.execute(sql, (number, Visibility.PUBLIC))
            sql = f"UPDATE access SET {column} = ? WHERE collection_id = ?"  # noqa: S608
            self._database.execute(sql, (value, number))
        return number

    def _number(self, collection: str) -> int:
        found = self._database.one("SELECT id FROM collections WHERE name = ?", (collection,))
        if found is None:
            raise InputError(f"there is no collection {collection!r}")
        return int(found)


def taken(collection: str) -> InputError:
    """What is said of a name that another collection has, whether that may be seen or not."""
    return InputError(f"the name {collection!r} cannot be given to a new collection: choose another one")


def close_all(database: Database) -> None:
    """Where it is not known any more who may see what, nobody but admins may until it is told again."""
    sql = "INSERT OR IGNORE INTO access SELECT id, ?, '' FROM collections"
    database.execute(sql, (Visibility.PRIVATE,))


def _read(visibility: str) -> Visibility:
    """A word that nobody knows closes."""
    return _VISIBILITIES.get(visibility, Visibility.PRIVATE)


def _named(person: str) -> str:
    name = person.strip()
    if not name or len(name) > _MOST_NAME:
        raise InputError(f"a person is given by the name they sign in with, of 1 to {_MOST_NAME} characters")
    return name


_ALL = """SELECT c.id, c.name, a.visibility, a.owner FROM collections c LEFT JOIN access a ON a.collection_id = c.id
    ORDER BY c.name"""
_OF_PERSON = """SELECT c.name, a.visibility, a.owner, m.may_edit FROM collections c
    LEFT JOIN access a ON a.collection_id = c.id
    LEFT JOIN access_members m ON m.collection_id = c.id AND m.person = ?"""
