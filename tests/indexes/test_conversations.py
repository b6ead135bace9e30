"""Conversations are kept per owner, found by their words, renamed, pinned, removed and put back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from indexes.conversations import RESTORABLE_S, ConversationShelf, TurnRecord
from indexes.database import Database
from rag.errors import InputError, StoreError


class Clock:
    """Goes on by a second with each look."""

    now = 1000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(tmp_path: Path, clock: Clock) -> ConversationShelf:
    return ConversationShelf(Database(tmp_path), clock=clock)


def keep(
    shelf: ConversationShelf, number: int, place: int, question: str, said: str = "", *, owner: str = "ann"
) -> None:
    shelf.keep(owner, number, place, TurnRecord(question, said, f"turn {question}"))


def titles(shelf: ConversationShelf, words: str = "", owner: str = "ann") -> list[str]:
    return [one.title for one in shelf.all(owner, words)]


def test_what_is_kept_is_read_again_in_order(shelf: ConversationShelf):
    number = shelf.begin("ann", "  When does\nthe harbour open? ")
    keep(shelf, number, 0, "one")
    keep(shelf, number, 1, "two")
    assert shelf.turns("ann", number) == ["turn one", "turn two"]
    record = shelf.record("ann", number)
    assert (record.title, record.n_turns, record.is_pinned) == ("When does the harbour open?", 2, False)
    assert record.changed_at > record.created_at


def test_when_a_question_was_asked_is_kept_with_its_answer(shelf: ConversationShelf, clock: Clock):
    number = shelf.begin("ann", "one")
    known = shelf.ask("ann", number, TurnRecord("one", "", "asked", asked_at=500.5))
    shelf.keep("ann", number, 0, TurnRecord("one", "said", "answered", asked_at=500.5), known=known)
    keep(shelf, number, 1, "two")
    assert shelf.dated_turns("ann", number) == [("answered", 500.5), ("turn two", clock.now)]


def test_a_question_that_is_asked_in_other_words_takes_the_place_of_what_followed(shelf: ConversationShelf):
    number = shelf.begin("ann", "x")
    for place, question in enumerate(("one", "two", "three")):
        keep(shelf, number, place, question)
    keep(shelf, number, 1, "other")
    assert shelf.turns("ann", number) == ["turn one", "turn other"]
    assert titles(shelf, "three") == []


def test_what_is_called_by_its_first_question_follows_it_and_a_given_name_stays(shelf: ConversationShelf):
    number = shelf.begin("ann", "When does\nit open?")
    keep(shelf, number, 0, "When does\nit open?")
    keep(shelf, number, 0, "When does it close? " * 20)
    assert titles(shelf)[0].startswith("When does it close? When")
    assert titles(shelf, "open") == []
    keep(shelf, number, 1, "And then?")
    keep(shelf, number, 0, "Who opens it?")
    assert titles(shelf) == ["Who opens it?"]
    assert titles(shelf, "WHO") == ["Who opens it?"]
    shelf.rename("ann", number, "Harbour")
    keep(shelf, number, 0, "Who closes it?")
    assert titles(shelf) == ["Harbour"]


def test_names_are_what_can_be_seen_of_them(shelf: ConversationShelf):
    number = shelf.begin("ann", "x")
    shelf.rename("ann", number, " har\u202ebour\u202c\x07\n  master\u200b ")
    assert titles(shelf) == titles(shelf, "harbour") == ["harbour master"]
    with pytest.raises(InputError, match="at least a letter"):
        shelf.rename("ann", number, "\u202e\u200b ")
    shelf._database.execute("UPDATE conversations SET title = ?", ("o\u202eld",))  # as a former version has kept it
    assert shelf.record("ann", number).title == "old"


def test_the_pinned_come_first_then_the_latest(shelf: ConversationShelf):
    first, second, third = (shelf.begin("ann", name) for name in "abc")
    keep(shelf, second, 0, "again")
    assert titles(shelf) == ["b", "c", "a"]
    shelf.pin("ann", first, is_pinned=True)
    assert titles(shelf) == ["a", "b", "c"]
    shelf.pin("ann", first, is_pinned=False)
    assert titles(shelf) == ["b", "c", "a"]
    assert [one.id for one in shelf.all("ann", most=2)] == [second, third]


def test_found_by_all_words_of_title_question_or_answer_in_any_case(shelf: ConversationShelf):
    first, second = shelf.begin("ann", "Häfen"), shelf.begin("ann", "50% of_all")
    keep(shelf, first, 0, "When does it OPEN?", "At SIX in the Straße.")
    assert titles(shelf, "häfen") == titles(shelf, "STRASSE open") == ["Häfen"]
    assert titles(shelf, "open never") == []
    assert titles(shelf, "%") == titles(shelf, "f_a") == ["50% of_all"], "no letter stands for others"
    shelf.rename("ann", second, "Érable")
    assert titles(shelf, "éRABLE") == ["Érable"]


def test_a_removed_one_can_be_put_back_for_a_day(shelf: ConversationShelf, clock: Clock):
    number = shelf.begin("ann", "x")
    keep(shelf, number, 0, "one")
    shelf.remove("ann", number)
    assert titles(shelf) == []
    with pytest.raises(InputError):
        shelf.turns("ann", number)
    shelf.sweep()
    assert [record.id for record in shelf.removed("ann")] == [number]
    assert shelf.removed("bob") == []
    shelf.restore("ann", number)
    assert shelf.turns("ann", number) == ["turn one"]
    assert shelf.removed("ann") == []
    shelf.remove("ann", number)
    clock.now += RESTORABLE_S
    assert shelf.removed("ann") == []
    with pytest.raises(InputError, match="too long ago"):
        shelf.restore("ann", number)
    shelf.sweep()
    assert shelf._database.one("SELECT count(*) FROM turns") == 0


def test_what_is_forgotten_is_put_back_by_nobody(shelf: ConversationShelf):
    there, removed = shelf.begin("ann", "there"), shelf.begin("ann", "removed")
    shelf.remove("ann", removed)
    shelf.forget("ann")
    assert titles(shelf) == []
    assert shelf.removed("ann") == [], "whoever has this name next"
    for number in (there, removed):
        with pytest.raises(InputError):
            shelf.restore("ann", number)


def test_nobody_sees_or_changes_what_is_another_owners(shelf: ConversationShelf):
    number = shelf.begin("ann", "secret")
    keep(shelf, number, 0, "one")
    assert titles(shelf, owner="bob") == []
    for attempt in (
        lambda: shelf.turns("bob", number),
        lambda: shelf.record("bob", number),
        lambda: keep(shelf, number, 0, "mine", owner="bob"),
        lambda: shelf.rename("bob", number, "mine"),
        lambda: shelf.pin("bob", number, is_pinned=True),
        lambda: shelf.remove("bob", number),
        lambda: shelf.restore("bob", number),
    ):
        with pytest.raises(InputError):
            attempt()
    assert shelf.turns("ann", number) == ["turn one"]
    assert titles(shelf) == ["secret"]


@pytest.mark.parametrize("name", ["", " \n "])
def test_a_name_is_needed(shelf: ConversationShelf, name: str):
    number = shelf.begin("ann", "x")
    with pytest.raises(InputError, match="needs a name"):
        shelf.rename("ann", number, name)


def test_a_long_question_makes_a_short_title(shelf: ConversationShelf):
    shelf.begin("ann", "word " * 100)
    (title,) = titles(shelf)
    assert len(title) <= 120
    assert title.endswith("word…")


def test_who_does_not_know_the_latest_turn_overwrites_nothing(shelf: ConversationShelf):
    number = shelf.begin("ann", "x")
    turn = TurnRecord("one", "", "turn one")
    known = shelf.keep("ann", number, 0, turn)
    assert known == shelf.record("ann", number).changed_at
    other = shelf.keep("ann", number, 1, TurnRecord("two", "", "turn two"), known=known)
    assert other is not None
    assert shelf.keep("ann", number, 1, TurnRecord("three", "", "turn three"), known=known) is None
    assert shelf.turns("ann", number) == ["turn one", "turn two"]


@pytest.mark.parametrize("words", ["word " * 5_000, "a" * 100_000, "%_\\" * 1_000])
def test_whatever_is_typed_can_be_searched_for(shelf: ConversationShelf, words: str):
    shelf.begin("ann", "x")
    assert titles(shelf, words) == []


def test_a_question_stands_behind_what_is_kept_until_its_answer_takes_its_place(shelf: ConversationShelf):
    number = shelf.begin("ann", "one")
    keep(shelf, number, 0, "one")
    known = shelf.ask("ann", number, TurnRecord("one", "", "again"))
    assert shelf.turns("ann", number) == ["turn one", "again"], "its former answer stays until there is another one"
    assert shelf.ask("ann", number, TurnRecord("two", "", "two"), known=known - 1) is None, "changed elsewhere"
    shelf.keep("ann", number, 0, TurnRecord("one", "", "answered"), known=known)
    assert shelf.turns("ann", number) == ["answered"]


def test_a_question_is_taken_back_and_with_it_a_conversation_of_nothing_else(shelf: ConversationShelf):
    number = shelf.begin("ann", "one")
    known = shelf.ask("ann", number, TurnRecord("one", "", "one"))
    assert shelf.withdraw("ann", number, known=known - 1) is None
    assert shelf.turns("ann", number) == ["one"], "what somebody else has changed stays"
    keep(shelf, number, 0, "one")
    known = shelf.ask("ann", number, TurnRecord("two", "", "two"))
    assert shelf.withdraw("ann", number, known=known)
    assert shelf.turns("ann", number) == ["turn one"]
    known = shelf.record("ann", number).changed_at
    assert shelf.withdraw("ann", number, known=known) is None
    assert titles(shelf) == []


def test_what_is_written_of_an_answer_is_kept_as_it_comes(shelf: ConversationShelf):
    number = shelf.begin("ann", "one")
    keep(shelf, number, 0, "one")
    known = shelf.ask("ann", number, TurnRecord("two", "", "two"))
    assert known is not None
    shelf.amend("ann", number, TurnRecord("two", "Half", "half"), known=known)
    assert shelf.turns("ann", number) == ["turn one", "half"]
    assert titles(shelf, "half") == ["one"]
    shelf.amend("ann", number, TurnRecord("two", "", "later"), known=known - 1)
    assert shelf.turns("ann", number) == ["turn one", "half"], "changed elsewhere"
    with pytest.raises(InputError):
        shelf.amend("ben", number, TurnRecord("two", "", "another's"), known=known)
    assert shelf.keep("ann", number, 1, TurnRecord("two", "", "whole"), known=known), "that was no change"
    assert shelf.turns("ann", number) == ["turn one", "whole"]


def test_what_is_written_waits_for_nobody(shelf: ConversationShelf, tmp_path: Path):
    number = shelf.begin("ann", "one")
    known = shelf.ask("ann", number, TurnRecord("one", "", "one"))
    assert known is not None
    start = time.monotonic()
    with Database(tmp_path).writing(), pytest.raises(StoreError):
        shelf.amend("ann", number, TurnRecord("one", "", "half"), known=known)
    assert time.monotonic() - start < 5
    shelf.amend("ann", number, TurnRecord("one", "", "half"), known=known)
    assert shelf.turns("ann", number) == ["half"]
