"""Conversations that are kept: what a person asked and what was answered, to be found and read again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indexes.database import Database
from rag.errors import InputError
from rag.inert import flat

RESTORABLE_S = 24 * 3600.0
"""So long a removed conversation can be put back."""
MOST_TITLE = 120
_MOST_WORDS, _LONGEST_WORD = 12, 100
"""Of what is searched for; SQLite takes no more of them than some hundreds, and no longer ones than some thousands."""
_PLAIN = str.maketrans({letter: f"\\{letter}" for letter in "\\%_"})


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A conversation as a list shows it."""

    id: int
    title: str
    is_pinned: bool
    created_at: float
    """Seconds, UTC."""
    changed_at: float
    n_turns: int


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One question and its answer, as kept: `turn` is whatever whoever keeps it can read again."""

    question: str
    said: str
    """The words of the answer, by which it is found."""
    turn: str
    asked_at: float = 0.0
    """Seconds, UTC; 0: now."""

    @property
    def searched(self) -> str:
        """All its words, in small letters."""
        return f"{self.question}\n{self.said}".casefold()


class ConversationShelf:
    """Conversations of one home. Threads and processes may share it. What is another owner's is never seen.

    Each method raises StoreError where the catalogue cannot be used, each that changes something where it cannot be
    written, and InputError where the owner has no such conversation.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds, UTC."""
        self._database = database
        self._clock = clock

    @property
    def is_kept(self) -> bool:
        """Whether anything can be kept here."""
        return not self._database.is_read_only

    def begin(self, owner: str, title: str) -> int:
        """A new, empty conversation; its number."""
        now = self._clock()
        sql = """INSERT INTO conversations (owner, title, folded, created_at, changed_at)
            VALUES (?, ?, ?, ?, ?) RETURNING id"""
        title = _titled(title)
        return int(self._database.one(sql, (owner, title, title.casefold(), now, now)))

    def keep(
        self, owner: str, number: int, place: int, turn: TurnRecord, *, known: float | None = None
    ) -> float | None:
        """Keep a turn at this place, counted from 0; what stood there or later is gone. When it was changed by that.
        A conversation that is called by its first question is called by the one that takes its place.

        `known`: when it was last changed, as far as whoever keeps this knows: where somebody else has changed it since
        nothing is kept, and this is None.
        """
        now = self._clock()
        with self._database.writing():
            changed = self._check(owner, number)
            if known is not None and known != changed:
                return None
            if place == 0:
                self._follow(number, turn.question)
            self._database.execute("DELETE FROM turns WHERE conversation_id = ? AND n >= ?", (number, place))
            row = (number, place, turn.asked_at or now, turn.question, turn.searched, turn.turn)
            self._database.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?)", row)
            self._database.execute("UPDATE conversations SET changed_at = ? WHERE id = ?", (now, number))
        return now

    def ask(self, owner: str, number: int, turn: TurnRecord, *, known: float | None = None) -> float | None:
        """Keep a question behind all that is kept, until `keep` puts its answer where that belongs, or `withdraw` takes
        it back. When it was changed by that; `known` is that of `keep`."""
        n = "SELECT coalesce(max(n) + 1, 0) FROM turns WHERE conversation_id = ?"
        with self._database.writing():
            return self.keep(owner, number, int(self._database.one(n, (number,))), turn, known=known)

    def amend(self, owner: str, number: int, turn: TurnRecord, *, known: float) -> None:
        """Let what was kept last be this by now; nothing, where somebody has changed anything since. It counts as no
        change, and nobody is waited for: StoreError where somebody else writes just now."""
        sql = """UPDATE turns SET said = ?2, turn = ?3
            WHERE conversation_id = ?1 AND n = (SELECT max(n) FROM turns WHERE conversation_id = ?1)"""
        with self._database.without_waiting(), self._database.writing():
            if self._check(owner, number) == known:
                self._database.execute(sql, (number, turn.searched, turn.turn))

    def withdraw(self, owner: str, number: int, *, known: float) -> float | None:
        """Take back what was kept last, where nobody has changed anything since; a conversation of nothing else is
        gone. When it was changed by that; None where there is no conversation any more, or another one's change."""
        now = self._clock()
        with self._database.writing():
            if self._check(owner, number) != known:
                return None
            last = "n = (SELECT max(n) FROM turns WHERE conversation_id = ?1)"
            self._database.execute(f"DELETE FROM turns WHERE conversation_id = ?1 AND {last}", (number,))  # noqa: S608
            if not self._database.one("SELECT count(*) FROM turns WHERE conversation_id = ?", (number,)):
                self._database.execute("DELETE FROM conversations WHERE id = ?", (number,))
                return None
            self._database.execute("UPDATE conversations SET changed_at = ? WHERE id = ?", (now, number))
        return now

    def turns(self, owner: str, number: int, first: int = 0, most: int | None = None) -> list[str]:
        """What was kept, in order: from the place `first` on, counted from 0, and no more than so many."""
        return [turn for turn, _ in self.dated_turns(owner, number, first, most)]

    def dated_turns(self, owner: str, number: int, first: int = 0, most: int | None = None) -> list[tuple[str, float]]:
        """The same, each with when it was asked: seconds, UTC."""
        with self._database.reading():
            self._check(owner, number)
            rows = self._database.rows(_TURNS, (number, -1 if most is None else most, first))
            return [(row[0], float(row[1])) for row in rows]

    def record(self, owner: str, number: int) -> ConversationRecord:
        """As a list shows it."""
        for row in self._database.rows(f"{_LIST} AND c.id = ?", (owner, number)):
            return _read(row)
        raise InputError(f"there is no conversation {number}")

    def all(self, owner: str, words: str = "", most: int = 100) -> list[ConversationRecord]:
        """The pinned first, then the latest; only those in which all `words` were said, where any are given."""
        sql, bindings = _LIST, [owner]
        for word in words.casefold().split()[:_MOST_WORDS]:
            sql += _HAS
            bindings += [f"%{word[:_LONGEST_WORD].translate(_PLAIN)}%"] * 2
        rows = self._database.rows(
            f"{sql} ORDER BY c.is_pinned DESC, c.changed_at DESC, c.id DESC LIMIT ?", (*bindings, most)
        )
        return [_read(row) for row in rows]

    def rename(self, owner: str, number: int, title: str) -> None:
        """Raises InputError for a title of nothing."""
        title = _titled(title)
        if not title:
            raise InputError("a conversation needs a name: write at least a letter")
        self._change("title = ?, folded = ?", (title, title.casefold()), owner, number)

    def pin(self, owner: str, number: int, *, is_pinned: bool) -> None:
        """Let it stand above the others, or no longer."""
        self._change("is_pinned = ?", (is_pinned,), owner, number)

    def remove(self, owner: str, number: int) -> None:
        """It is not listed any more; `restore` puts it back as long as RESTORABLE_S."""
        self._change("removed_at = ?", (self._clock(),), owner, number)

    def restore(self, owner: str, number: int) -> None:
        """Put back what was removed in the last RESTORABLE_S."""
        sql = "UPDATE conversations SET removed_at = NULL WHERE owner = ? AND id = ? AND removed_at > ? RETURNING id"
        if self._database.one(sql, (owner, number, self._clock() - RESTORABLE_S)) is None:
            raise InputError("that conversation was removed too long ago to be put back")

    def removed(self, owner: str, most: int = 20) -> list[ConversationRecord]:
        """What `restore` would put back, the latest removed first."""
        sql = f"{_ALL} AND c.removed_at > ? ORDER BY c.removed_at DESC, c.id DESC LIMIT ?"
        return [_read(row) for row in self._database.rows(sql, (owner, self._clock() - RESTORABLE_S, most))]

    def forget(self, owner: str) -> None:
        """Remove all of somebody's for good: nobody lists them any more or puts them back, and the next sweep deletes
        them."""
        long_ago = self._clock() - RESTORABLE_S
        self._database.execute("UPDATE conversations SET removed_at = ? WHERE owner = ?", (long_ago, owner))

    def sweep(self) -> None:
        """Delete what was removed too long ago to be put back."""
        if self.is_kept:
            self._database.execute(
                "DELETE FROM conversations WHERE removed_at IS NOT NULL AND removed_at <= ?",
                (self._clock() - RESTORABLE_S,),
            )

    def _change(self, what: str, values: Sequence[object], owner: str, number: int) -> None:
        sql = f"UPDATE conversations SET {what} WHERE owner = ? AND id = ? AND removed_at IS NULL RETURNING id"  # noqa: S608
        if self._database.one(sql, (*values, owner, number)) is None:
            raise InputError(f"there is no conversation {number}")

    def _follow(self, number: int, question: str) -> None:
        """A name that somebody has given stays."""
        sql = """SELECT c.title, t.question FROM conversations c JOIN turns t ON t.conversation_id = c.id AND t.n = 0
            WHERE c.id = ?"""
        title = _titled(question)
        if any(flat(called) == _titled(first) for called, first in self._database.rows(sql, (number,))):
            sql = "UPDATE conversations SET title = ?, folded = ? WHERE id = ?"
            self._database.execute(sql, (title, title.casefold(), number))

    def _check(self, owner: str, number: int) -> float:
        """When it was last changed."""
        sql = "SELECT changed_at FROM conversations WHERE owner = ? AND id = ? AND removed_at IS NULL"
        changed = self._database.one(sql, (owner, number))
        if changed is None:
            raise InputError(f"there is no conversation {number}")
        return float(changed)


_TURNS = "SELECT turn, asked_at FROM turns WHERE conversation_id = ? ORDER BY n LIMIT ? OFFSET ?"
_ALL = """SELECT c.id, c.title, c.is_pinned, c.created_at, c.changed_at,
    (SELECT count(*) FROM turns t WHERE t.conversation_id = c.id)
    FROM conversations c WHERE c.owner = ?"""
_LIST = f"{_ALL} AND c.removed_at IS NULL"
_HAS = r""" AND (c.folded LIKE ? ESCAPE '\' OR EXISTS
    (SELECT 1 FROM turns t WHERE t.conversation_id = c.id AND t.said LIKE ? ESCAPE '\'))"""


def _read(row: Sequence[object]) -> ConversationRecord:
    number, title, is_pinned, created, changed, n = row
    return ConversationRecord(
        int(str(number)), flat(str(title)), bool(is_pinned), float(str(created)), float(str(changed)), int(str(n))
    )


def _titled(title: str) -> str:
    """What can be seen of it, on one line, and not too long for a list."""
    line = flat(title)
    return line if len(line) <= MOST_TITLE else line[: MOST_TITLE - 1].rsplit(" ", 1)[0] + "…"
