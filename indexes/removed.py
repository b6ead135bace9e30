"""Documents that were removed and can be put back for a while: where they were, and nothing of what they said."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexes.access import AccessTable, Sharing, Visibility
from indexes.database import Database
from indexes.queries import DOCUMENTS_INSIDE


@dataclass(frozen=True, slots=True)
class FormerCollection:
    """What a collection was that has been deleted itself."""

    sharing: Sharing
    weight: float | None = None
    """How much meaning counted against words there, where a person had set it."""


@dataclass(frozen=True, slots=True)
class RemovedDocument:
    """One that can be put back. Times are seconds, UTC."""

    id: int
    act: str
    """One removal, of however many documents."""
    collection: str
    sources: tuple[str, ...]
    title: str
    sha256: str
    size: int
    modified_ns: int
    options: Mapping[str, Any]
    n_members: int
    container: int | None
    """The document inside of which it was found, which is still there."""
    depth: int
    is_kept: bool
    """Whether the home keeps its original; otherwise it is read again from where it was found."""
    person: str
    removed_at: float
    until: float
    former: FormerCollection | None = None
    """Set where its collection was deleted with it, or after it."""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or self.sources[0]


@dataclass(frozen=True, slots=True)
class RemovedGroup:
    """The documents that one removal took from one collection."""

    act: str
    collection: str
    former: FormerCollection | None
    n: int
    person: str
    removed_at: float
    until: float


class RemovedTable:
    """A part of the Catalogue. A row ends when its document is there again, when its time is over, or when a person
    says so; `Sources.put` sees to the first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: RemovedDocument) -> None:
        """Note a document, within the transaction that takes it out; its number is given here."""
        texts = (json.dumps(list(new.sources)), new.title, new.sha256, new.size, new.modified_ns)
        more = (json.dumps(dict(new.options), sort_keys=True), new.n_members, new.container, new.depth, new.is_kept)
        row = (new.act, new.collection, *texts, *more, new.person, new.removed_at, new.until)
        sql = f"INSERT INTO removed ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608
        self._database.execute(sql, row)

    def all(self, now: float) -> list[RemovedDocument]:
        """Those whose time is not over, the last removal first."""
        return self._found("until > ? ORDER BY removed_at DESC, id DESC", (now,))

    def groups(self, now: float) -> list[RemovedGroup]:
        """The same as they went together: few, however many documents these are."""
        sql = """SELECT act, collection, former, COUNT(*), MAX(person), MAX(removed_at) AS at, MAX(until) FROM removed
            WHERE until > ? GROUP BY act, collection, former ORDER BY at DESC, act, collection"""
        rows = self._database.rows(sql, (now,))
        return [
            RemovedGroup(act, collection, _former(former) if former else None, *rest)
            for act, collection, former, *rest in rows
        ]

    def of(self, group: RemovedGroup, now: float, most: int = -1) -> list[RemovedDocument]:
        """Those of one group whose time is not over, at most so many, the last first."""
        former = _written(group.former) if group.former else ""
        where = "act = ? AND collection = ? AND former = ? AND until > ? ORDER BY id DESC LIMIT ?"
        return self._found(where, (group.act, group.collection, former, now, most))

    def over(self, now: float) -> list[RemovedDocument]:
        """Those whose time is over."""
        return self._found("until <= ? ORDER BY id", (now,))

    def some(self, ids: Collection[int], now: float) -> list[RemovedDocument]:
        """Those of these whose time is not over."""
        return self._found("until > ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id", (now, _listed(ids)))

    def inside(self, documents: Collection[int]) -> list[RemovedDocument]:
        """Those that were found inside of these documents, at whatever depth."""
        return self._found(f"container_id IN ({DOCUMENTS_INSIDE})", (_listed(documents),))

    def holds(self, sha256: str, now: float) -> bool:
        """Whether an original is kept for one of them; the beginning of its SHA-256 will do."""
        sql = "SELECT 1 FROM removed WHERE is_kept AND until > ? AND sha256 >= ? AND sha256 < ? LIMIT 1"
        return self._database.one(sql, (now, sha256, sha256 + "g")) is not None

    def contents(self) -> set[str]:
        """The SHA-256 of every original that is kept for one of them."""
        return {row[0] for row in self._database.rows("SELECT sha256 FROM removed WHERE is_kept")}

    def n_bytes(self) -> int:
        """What the originals take that are kept for nothing else."""
        sql = """SELECT coalesce(SUM(size), 0) FROM (SELECT DISTINCT sha256, size FROM removed r WHERE is_kept
            AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.sha256 = r.sha256))"""
        return int(self._database.one(sql))

    def end(self, ids: Collection[int]) -> None:
        """Let their time be over: nobody can put them back, and the next sweep deletes what is kept of them."""
        sql = "UPDATE removed SET until = 0 WHERE id IN (SELECT value FROM json_each(?))"
        with self._database.writing():
            self._database.execute(sql, (_listed(ids),))

    def delete(self, ids: Collection[int]) -> None:
        """Forget them; whoever does has deleted their originals."""
        with self._database.writing():
            self._database.execute("DELETE FROM removed WHERE id IN (SELECT value FROM json_each(?))", (_listed(ids),))

    # -- their collections -------------------------------------------------------------------------------------

    def rename(self, old: str, new: str) -> None:
        """Their collection has another name; those of a deleted one keep the name that it had."""
        sql = "UPDATE removed SET collection = ? WHERE collection = ? AND former = ''"
        self._database.execute(sql, (new, old))

    def close(self, collection: str, number: int) -> None:
        """Their collection is being deleted: keep whose it was, within that transaction."""
        sharing = AccessTable(self._database).of(collection)
        weight = self._database.one("SELECT fixed FROM weights WHERE collection_id = ?", (number,))
        sql = "UPDATE removed SET former = ? WHERE collection = ? AND former = ''"
        self._database.execute(sql, (_written(FormerCollection(sharing, weight)), collection))

    def reopen(self, one: RemovedDocument) -> None:
        """Let the collection of a document be there again as it was; where another of the same owner has its name by
        now that one is taken. The others that went with it belong to it again."""
        if one.former is None:
            return
        with self._database.writing():
            sql = "INSERT OR IGNORE INTO collections (name, created_at) VALUES (?, datetime('now')) RETURNING id"
            number = self._database.one(sql, (one.collection,))
            if number is None:
                self._database.execute("UPDATE removed SET former = '' WHERE id = ?", (one.id,))
                return
            sharing = one.former.sharing
            if sharing != Sharing():
                access = (number, sharing.visibility, sharing.owner)
                self._database.execute("INSERT INTO access VALUES (?, ?, ?)", access)
                rows = [(number, person, edits) for person, edits in sharing.members.items()]
                self._database.execute_many("INSERT INTO access_members VALUES (?, ?, ?)", rows)
            if one.former.weight is not None:
                sql = "INSERT INTO weights (collection_id, fixed) VALUES (?, ?)"
                self._database.execute(sql, (number, one.former.weight))
            sql = "UPDATE removed SET former = '' WHERE collection = ? AND former = ?"
            self._database.execute(sql, (one.collection, _written(one.former)))

    def forget(self, person: str) -> None:
        """Of somebody who is no more: another one of that name neither owns nor sees anything of this."""
        with self._database.writing():
            self._database.execute("UPDATE removed SET person = '' WHERE person = ?", (person,))
            for one in self._found("former <> ''", ()):
                former = one.former or FormerCollection(Sharing())
                members = {name: edits for name, edits in former.sharing.members.items() if name != person}
                owner = "" if former.sharing.owner == person else former.sharing.owner
                left = replace(former, sharing=replace(former.sharing, owner=owner, members=members))
                self._database.execute("UPDATE removed SET former = ? WHERE id = ?", (_written(left), one.id))

    def _found(self, where: str, bindings: Sequence[Any]) -> list[RemovedDocument]:
        sql = f"SELECT id, {_COLUMNS}, former FROM removed WHERE {where}"  # noqa: S608 - the conditions above
        return [_read(row) for row in self._database.rows(sql, bindings)]


def _read(row: Sequence[Any]) -> RemovedDocument:
    values: list[Any] = [*row[:3], tuple(json.loads(row[3])), *row[4:8], json.loads(row[8]), *row[9:12], bool(row[12])]
    values += [*row[13:16], _former(row[16]) if row[16] else None]
    return RemovedDocument(*values)


def _written(former: FormerCollection) -> str:
    sharing = former.sharing
    facts = {"visibility": sharing.visibility, "owner": sharing.owner, "members": dict(sharing.members)}
    return json.dumps(facts | {"weight": former.weight}, sort_keys=True)


def _former(text: str) -> FormerCollection:
    facts = json.loads(text)
    sharing = Sharing(Visibility(facts["visibility"]), facts["owner"], facts["members"])
    return FormerCollection(sharing, facts["weight"])


def _listed(ids: Iterable[int]) -> str:
    return json.dumps(list(ids))


_COLUMNS = """act, collection, sources, title, sha256, size, modified_ns, options, n_members, container_id, depth,
    is_kept, person, removed_at, until"""
