"""What people said of answers: a thumb up or down, why, and what they wrote about it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indexes.database import Database
from rag.errors import InputError

REASONS = ("wrong", "not in the source", "incomplete", "should have refused", "too slow", "other")
"""What a thumb down may be for."""
MOST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person says of an answer."""

    is_up: bool
    reasons: tuple[str, ...] = ()
    """Of REASONS; none of a thumb up."""
    comment: str = ""
    """At most MOST_COMMENT characters, written for whoever runs Footnote."""


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """What is kept of the answer itself."""

    model: str
    """Who wrote it; empty for a quoted one."""
    refused: bool
    ms: float
    question: str = ""
    """Only where it may be kept, and no conversation keeps it."""
    turn: tuple[int, int] | None = None
    """Conversation and place, from 0, of the turn that is kept; the question goes with it."""


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """One rating as a list shows it."""

    id: int
    at: float
    """Seconds, UTC."""
    rating: Rating
    model: str
    refused: bool
    ms: float
    question: str
    """Empty where it is not kept, or not any more."""


@dataclass(frozen=True, slots=True)
class FeedbackDay:
    """What was said on one day, UTC."""

    date: str
    """ISO 8601."""
    up: int
    down: int
    reasons: tuple[int, ...]
    """How often each of REASONS was given."""


class FeedbackShelf:
    """Ratings of one home. Threads and processes may share it.

    Each method raises StoreError where the catalogue cannot be used, each that changes something where it cannot be
    written.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds, UTC."""
        self._database = database
        self._clock = clock

    def add(self, owner: str, rating: Rating, answer: RatedAnswer) -> int:
        """Keep it; its number. A rating that the turn had is gone. Raises InputError for one that cannot be given."""
        _check(rating)
        row = (self._clock(), owner, rating.is_up, json.dumps(rating.reasons), rating.comment)
        with self._database.writing():
            is_there = answer.turn is not None and bool(self._database.one(_HAS_TURN, (owner, *answer.turn)))
            if answer.turn is not None and is_there:
                self._database.execute(_FORGET_TURN, (owner, *answer.turn))
            number = int(self._database.one(_ADD, (*row, answer.model, answer.refused, answer.ms)))
            if is_there or answer.question:  # a turn that is gone takes its question along
                words = (number, *(answer.turn or (None, None)), answer.question)
                self._database.execute("INSERT INTO feedback_texts VALUES (?, ?, ?, ?)", words)
        return number

    def change(self, owner: str, number: int, rating: Rating) -> None:
        """What a person says now. Raises InputError where there is no such rating."""
        _check(rating)
        sql = "UPDATE feedback SET is_up = ?, reasons = ?, comment = ? WHERE owner = ? AND id = ? RETURNING id"
        said = (rating.is_up, json.dumps(rating.reasons), rating.comment)
        if self._database.one(sql, (*said, owner, number)) is None:
            raise InputError("that rating was withdrawn elsewhere: give it once more")

    def withdraw(self, owner: str, number: int) -> None:
        """As if it had never been given."""
        self._database.execute("DELETE FROM feedback WHERE owner = ? AND id = ?", (owner, number))

    def of_conversation(self, owner: str, conversation: int) -> dict[int, FeedbackRecord]:
        """Place of a turn -> its rating."""
        sql = f"{_LIST} AND f.owner = ? AND t.conversation_id = ?"
        rows = self._database.rows(f"SELECT t.n, {sql}", (owner, conversation))
        return {int(str(n)): _read(row) for n, *row in rows}

    def all(
        self, since: float = 0.0, *, down_only: bool = False, most: int = -1, owner: str | None = None
    ) -> list[FeedbackRecord]:
        """The latest first, of one owner or of all; at most so many, where a number is given."""
        wanted = f"AND f.at >= ? AND f.owner = coalesce(?, f.owner){' AND NOT f.is_up' if down_only else ''}"
        sql = f"SELECT {_LIST} {wanted} ORDER BY f.id DESC LIMIT ?"
        return [_read(row) for row in self._database.rows(sql, (since, owner, most))]

    def per_day(self, since: float, owner: str | None = None) -> list[FeedbackDay]:
        """The days on which something was said, by one owner or by all, the oldest first."""
        with self._database.reading():
            days = self._database.rows(_DAYS, (since, owner))
            counts = self._database.rows(_BY_REASON, (since, owner))
        found = {(str(date), str(reason)): int(str(n)) for date, reason, n in counts}
        return [
            FeedbackDay(str(date), int(str(up)), int(str(down)), tuple(found.get((str(date), r), 0) for r in REASONS))
            for date, up, down in days
        ]

    def sweep(self, days: int) -> None:
        """Delete comments, and questions that no conversation keeps, that are older than so many days; the ratings
        stay."""
        if not self._database.is_read_only:
            until = self._clock() - days * 86_400.0
            with self._database.writing():
                self._database.execute(_SWEEP, (until,))
                self._database.execute("UPDATE feedback SET comment = '' WHERE at < ? AND comment != ''", (until,))


_ADD = """INSERT INTO feedback (at, owner, is_up, reasons, comment, model, refused, ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"""
_HAS_TURN = """SELECT 1 FROM turns t JOIN conversations c ON c.id = t.conversation_id
    WHERE c.owner = ? AND c.removed_at IS NULL AND c.id = ? AND t.n = ?"""
_FORGET_TURN = """DELETE FROM feedback WHERE owner = ? AND id IN
    (SELECT feedback_id FROM feedback_texts WHERE conversation_id = ? AND n = ?)"""
_LIST = """f.id, f.at, f.is_up, f.reasons, f.model, f.refused, f.ms, f.comment,
    CASE WHEN c.id IS NOT NULL THEN coalesce(u.question, '') WHEN t.conversation_id IS NULL
        THEN coalesce(t.question, '') ELSE '' END
    FROM feedback f LEFT JOIN feedback_texts t ON t.feedback_id = f.id
    LEFT JOIN turns u ON u.conversation_id = t.conversation_id AND u.n = t.n
    LEFT JOIN conversations c ON c.id = t.conversation_id AND c.removed_at IS NULL
    WHERE 1"""
"""Of a conversation that was removed no question is shown, although it may be put back."""
_DAYS = """SELECT date(at, 'unixepoch') AS day, sum(is_up), sum(NOT is_up) FROM feedback
    WHERE at >= ? AND owner = coalesce(?, owner) GROUP BY day ORDER BY day"""
_BY_REASON = """SELECT date(at, 'unixepoch') AS day, r.value, count(*) FROM feedback, json_each(reasons) r
    WHERE at >= ? AND owner = coalesce(?, owner) GROUP BY day, r.value"""
_SWEEP = """DELETE FROM feedback_texts WHERE conversation_id IS NULL
    AND feedback_id IN (SELECT id FROM feedback WHERE at < ?)"""


def _check(rating: Rating) -> None:
    if len(rating.comment) > MOST_COMMENT:
        raise InputError(f"a comment has at most {MOST_COMMENT} characters: write less")
    unknown = [one for one in rating.reasons if one not in REASONS]
    if unknown or (rating.is_up and rating.reasons):
        raise InputError(f"a thumb down can be for {', '.join(REASONS)}; a thumb up needs no reason")


def _read(row: Sequence[object]) -> FeedbackRecord:
    number, at, is_up, reasons, model, refused, ms, comment, question = row
    rating = Rating(bool(is_up), tuple(json.loads(str(reasons))), str(comment))
    return FeedbackRecord(
        int(str(number)), float(str(at)), rating, str(model), bool(refused), float(str(ms)), str(question)
    )
