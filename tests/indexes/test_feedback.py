"""Ratings stay as counts, a question no longer than the conversation or the audit log that holds it, and a comment for
as long as the log keeps its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.conversations import ConversationShelf, TurnRecord
from indexes.database import Database
from indexes.feedback import MOST_COMMENT, REASONS, FeedbackShelf, RatedAnswer, Rating
from rag.errors import InputError

DAY = 86_400.0
DOWN = Rating(False, ("wrong", "too slow"), "It is 42 metres.")


class Clock:
    """Stands until it is set."""

    now = 3 * DAY

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path)


@pytest.fixture
def shelf(database: Database, clock: Clock) -> FeedbackShelf:
    return FeedbackShelf(database, clock=clock)


@pytest.fixture
def talks(database: Database, clock: Clock) -> ConversationShelf:
    return ConversationShelf(database, clock=clock)


def kept_turn(talks: ConversationShelf, question: str = "How high?") -> tuple[int, int]:
    number = talks.begin("ann", question)
    talks.keep("ann", number, 0, TurnRecord(question, "41 metres", "{}"))
    return number, 0


def of(turn: tuple[int, int] | None = None, question: str = "") -> RatedAnswer:
    return RatedAnswer("tiny", False, 12.5, question, turn)


def test_it_is_found_by_its_turn_and_changed_and_withdrawn(shelf: FeedbackShelf, talks: ConversationShelf):
    turn = kept_turn(talks)
    number = shelf.add("ann", DOWN, of(turn))
    (record,) = shelf.of_conversation("ann", turn[0]).values()
    assert (record.rating, record.question, record.model, record.ms) == (DOWN, "How high?", "tiny", 12.5)
    assert not shelf.of_conversation("bob", turn[0])
    shelf.change("ann", number, Rating(True))
    assert shelf.of_conversation("ann", turn[0])[0].rating == Rating(True)
    with pytest.raises(InputError):
        shelf.change("bob", number, Rating(True))
    shelf.withdraw("bob", number)
    assert shelf.all()
    shelf.withdraw("ann", number)
    assert not shelf.all()
    with pytest.raises(InputError, match="withdrawn elsewhere"):
        shelf.change("ann", number, Rating(True))


def test_a_turn_has_one_rating(shelf: FeedbackShelf, talks: ConversationShelf):
    turn = kept_turn(talks)
    shelf.add("ann", Rating(True), of(turn))
    shelf.add("ann", DOWN, of(turn))
    assert [one.rating for one in shelf.all()] == [DOWN]


def test_the_question_goes_with_the_turn_and_the_rating_stays_with_its_comment(
    shelf: FeedbackShelf, talks: ConversationShelf
):
    turn = kept_turn(talks)
    shelf.add("ann", DOWN, of(turn))
    talks.keep("ann", turn[0], 0, TurnRecord("How wide?", "", "{}"))
    (record,) = shelf.all()
    assert (record.question, record.rating) == ("", DOWN)
    assert not shelf.of_conversation("ann", turn[0])


def test_of_a_removed_conversation_no_question_is_told_until_it_is_put_back(
    shelf: FeedbackShelf, talks: ConversationShelf, clock: Clock, database: Database
):
    turn = kept_turn(talks)
    shelf.add("ann", DOWN, of(turn))
    talks.remove("ann", turn[0])
    assert [(one.question, one.rating.comment) for one in shelf.all()] == [("", DOWN.comment)]
    talks.restore("ann", turn[0])
    assert [(one.question, one.rating.comment) for one in shelf.all()] == [("How high?", DOWN.comment)]
    talks.remove("ann", turn[0])
    clock.now += 2 * DAY
    talks.sweep()
    assert not database.rows("SELECT * FROM feedback_texts")
    assert len(shelf.all()) == 1


def test_a_comment_needs_neither_a_turn_nor_a_question(shelf: FeedbackShelf, database: Database):
    number = shelf.add("ann", DOWN, of())
    shelf.change("ann", number, DOWN)
    shelf.add("ann", DOWN, of((77, 0)))
    assert [one.rating.comment for one in shelf.all()] == [DOWN.comment] * 2
    assert not database.rows("SELECT * FROM feedback_texts")


def test_comments_and_questions_without_a_turn_are_swept(shelf: FeedbackShelf, talks: ConversationShelf, clock: Clock):
    shelf.add("ann", DOWN, of(question="Why?"))
    shelf.add("ann", DOWN, of(kept_turn(talks)))
    clock.now += 5 * DAY
    shelf.add("ann", DOWN, of())
    shelf.sweep(days=4)
    assert [(one.question, one.rating.comment) for one in shelf.all()] == [
        ("", DOWN.comment),
        ("How high?", ""),
        ("", ""),
    ]


def test_days_and_reasons_add_up(shelf: FeedbackShelf, clock: Clock):
    shelf.add("ann", DOWN, of())
    shelf.add("ann", Rating(False, ("wrong",)), of())
    clock.now += DAY
    shelf.add("bob", Rating(True), of())
    first, second = shelf.per_day(0.0)
    assert (first.date, first.up, first.down) == ("1970-01-04", 0, 2)
    assert dict(zip(REASONS, first.reasons, strict=True)) == {**dict.fromkeys(REASONS, 0), "wrong": 2, "too slow": 1}
    assert (second.up, second.down, sum(second.reasons)) == (1, 0, 0)
    assert [one.rating.is_up for one in shelf.all(down_only=True)] == [False, False]


@pytest.mark.parametrize(
    "rating", [Rating(False, ("sly",)), Rating(True, ("wrong",)), Rating(False, (), "x" * (MOST_COMMENT + 1))]
)
def test_what_cannot_be_said_is_refused(shelf: FeedbackShelf, rating: Rating):
    with pytest.raises(InputError):
        shelf.add("ann", rating, of())
    assert not shelf.all()
