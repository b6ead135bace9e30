"""An open page holds the questions that it shows; older ones are read again, or, kept nowhere, set aside to a bound."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.state.session_state import WStates
from streamlit.testing.v1 import AppTest

from app import kept_turns
from app.components import page_turns
from app.page_server import forget_gone_widgets
from app.wiring import Workspace
from indexes.conversations import ConversationShelf, TurnRecord
from rag.rights import LOCAL
from rag.settings import Settings
from rag.types import Turn
from tests.app.recording_home import QUESTION, asking

MAIN = Path(__file__).parents[2] / "app" / "main.py"
N = 70


@pytest.fixture
def turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Turn]:
    """So many questions with the same answer, each with a number."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    with asking(tmp_path) as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
    st.cache_resource.clear()
    return [Turn(f"{n}: {QUESTION}", answer) for n in range(N)]


@pytest.fixture
def shelf(turns: list[Turn], tmp_path: Path) -> ConversationShelf:
    """Holds them as conversation 1."""
    shelf = Workspace(Settings(home=tmp_path)).library.catalogue.conversations
    number = shelf.begin(LOCAL, "A long watch")
    for n, turn in enumerate(turns):
        keep(shelf, number, n, turn)
    return shelf


@pytest.fixture
def page(shelf: ConversationShelf) -> AppTest:
    """With that conversation."""
    assert shelf.record(LOCAL, 1).n_turns == N
    page = AppTest.from_file(str(MAIN), default_timeout=240)
    page.query_params["c"] = "1"
    return page.run()


@pytest.fixture
def unkept(turns: list[Turn], monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A page whose conversation is kept nowhere, after all of them and another question."""
    monkeypatch.setenv("FOOTNOTE_CONVERSATIONS", "off")
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    page.session_state["turns"] = turns
    return asked(page)


def keep(shelf: ConversationShelf, number: int, place: int, turn: Turn) -> None:
    shelf.keep(LOCAL, number, place, TurnRecord(turn.question, turn.answer.text, kept_turns.as_json(turn)))


def asked(page: AppTest, question: str = QUESTION) -> AppTest:
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    return page


def earlier(page: AppTest) -> AppTest:
    page.button(key="earlier").click().run()
    assert not page.exception
    return page


def held(page: AppTest) -> list[str]:
    """The numbers of the questions that the page holds; of one without any, nothing."""
    return [turn.question.partition(":")[0] if ":" in turn.question else "" for turn in page.session_state["turns"]]


def shown(page: AppTest) -> list[str]:
    """The same, of those that are drawn."""
    drawn = [one.text[0].value for one in page.chat_message if one.name == "user"]
    return [question.partition(":")[0] if ":" in question else "" for question in drawn]


def numbers(first: int, n_more: int = 0) -> list[str]:
    return [*(str(n) for n in range(first, N)), *[""] * n_more]


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button if button.key == "earlier"]


def test_a_page_holds_what_it_shows_however_long_it_stays_open(page: AppTest, shelf: ConversationShelf):
    assert held(page) == shown(page) == numbers(40)
    for n in range(1, 4):
        asked(page)
        assert held(page) == numbers(40 + n, n)
    assert shelf.record(LOCAL, 1).n_turns == N + 3
    page.run()
    assert shown(page) == numbers(43, 3)
    assert labels(page) == ["Show 30 of 43 earlier questions"]


def test_nothing_is_held_of_what_is_drawn_no_more(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(WStates, "remove_stale_widgets", WStates.remove_stale_widgets)  # put back afterwards
    forget_gone_widgets()
    counts = []
    for _ in range(3):
        asked(page)
        gc.collect()
        counts.append((n_widgets(page), sum(type(one) is Turn for one in gc.get_objects())))
    assert len(set(counts)) == 1
    thumbs = next(one.key for one in page.get("feedback") if str(one.key).startswith("thumbs-60-"))
    page.feedback(key=thumbs).set_value(1).run()
    assert page.session_state["ratings"][60].rating.is_up


def n_widgets(page: AppTest) -> int:
    """Of which the session knows how they are called back."""
    return len(page.session_state._state._state._new_widget_state.widget_metadata)  # noqa: SLF001


def test_earlier_ones_are_read_again_and_can_be_opened(page: AppTest, turns: list[Turn]):
    assert earlier(earlier(page)).session_state["turns"] == turns
    assert shown(page) == numbers(0)
    assert not labels(page)
    cards = [one.proto.json or one.proto.mixed.json for one in page.get("bidi_component")]
    assert (
        sum(f'"name": "answer-{n}"' in card or f'"name":"answer-{n}"' in card for n in range(N) for card in cards) == N
    )


def test_the_last_one_is_asked_again_in_its_place(page: AppTest, shelf: ConversationShelf):
    page.button(key=f"again-{N - 1}").click().run()
    assert not page.exception
    assert held(page) == numbers(40)
    assert shelf.record(LOCAL, 1).n_turns == N
    page.text_area(key=f"edited-{N - 1}").set_value(QUESTION)
    next(button for button in page.button if button.label == "Ask").click().run()
    assert not page.exception
    assert [kept_turns.read(text).question for text in shelf.turns(LOCAL, 1)][-2:] == [f"{N - 2}: {QUESTION}", QUESTION]


def test_one_of_them_is_rated_at_its_own_place(page: AppTest, tmp_path: Path):
    key = next(one.key for one in page.get("feedback") if str(one.key).startswith("thumbs-50-"))
    page.feedback(key=key).set_value(1).run()
    assert list(Workspace(Settings(home=tmp_path)).library.catalogue.feedback.of_conversation(LOCAL, 1)) == [50]


def test_what_was_changed_elsewhere_is_kept_whole_as_another(
    page: AppTest, shelf: ConversationShelf, turns: list[Turn]
):
    keep(shelf, 1, N, turns[0])
    asked(page)
    (other,) = (record for record in shelf.all(LOCAL) if record.id != 1)
    assert other.n_turns == N + 1
    assert [kept_turns.read(text).question for text in shelf.turns(LOCAL, other.id)][:N] == [
        one.question for one in turns
    ]
    assert held(page) == numbers(41, 1)


def test_what_was_removed_elsewhere_is_gone_on_with_from_what_is_shown(page: AppTest, shelf: ConversationShelf):
    shelf.remove(LOCAL, 1)
    asked(page)
    asked(page)
    (other,) = shelf.all(LOCAL)
    assert other.n_turns == 32
    assert held(page) == numbers(42, 2)


def test_where_nothing_is_kept_earlier_ones_are_set_aside(unkept: AppTest):
    assert held(unkept) == numbers(41, 1)
    unkept.run()
    assert labels(unkept) == ["Show 30 of 41 earlier questions"]
    assert shown(earlier(unkept)) == numbers(11, 1)
    assert shown(earlier(unkept)) == numbers(0, 1)
    assert not labels(unkept)
    unkept.button(key="new").click().run()
    assert not held(unkept)
    assert not shown(unkept)


def test_where_nothing_is_kept_there_is_a_bound_and_it_is_told(
    unkept: AppTest, monkeypatch: pytest.MonkeyPatch, turns: list[Turn]
):
    monkeypatch.setattr(page_turns, "MOST_ASIDE", 10)
    asked(unkept)
    assert len(unkept.session_state["turns-aside"]) == 10
    assert max(map(len, unkept.session_state["turns-aside"])) < len(kept_turns.as_json(turns[0])) / 2
    unkept.run()
    assert labels(unkept) == ["Show 10 of 10 earlier questions"]
    assert shown(earlier(unkept)) == numbers(32, 2)
    assert "Not kept, and gone: 32 earlier questions" in [one.value for one in unkept.caption]
