"""An answer is rated on the page; the rating is there again after a reload, in what is saved, and on the usage page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.cli import main
from app.export import as_json, as_markdown
from indexes.catalogue import Catalogue
from indexes.feedback import FeedbackRecord, Rating
from rag.types import Turn
from tests.app.recording_home import QUESTION, asking

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    with asking(tmp_path):
        pass
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


def asked() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60).run()
    page.chat_input[0].set_value(QUESTION).run()
    assert not page.exception
    return page


def press(page: AppTest, thumb: int | None) -> AppTest:
    page.feedback[0].set_value(thumb).run()
    assert not page.exception
    return page


def records(home: Path) -> list[FeedbackRecord]:
    return Catalogue(home).feedback.all()


def explained(page: AppTest) -> AppTest:
    page.button_group[0].set_value(["wrong", "incomplete"]).run()
    page.text_input(key=next(one.key for one in page.text_input if str(one.key).startswith("comment-"))).set_value(
        "It is\u202e  42 metres, sk-abcdefgh1234."
    ).run()
    assert not page.exception
    return page


def test_a_thumb_down_is_explained_changed_and_withdrawn(home: Path):
    page = press(asked(), 0)
    assert [toast.value for toast in page.toast] == ["Noted, thank you."]
    explained(page)
    assert [toast.value for toast in page.toast] == ["Noted, thank you."]
    (record,) = records(home)
    assert record.rating == Rating(False, ("wrong", "incomplete"), "It is 42 metres, [secret].")
    assert (record.question, record.refused, record.model) == (QUESTION, False, "")
    assert record.ms > 0
    press(page, 1)
    assert [one.rating for one in records(home)] == [Rating(True)]
    press(page, None)
    assert [toast.value for toast in page.toast] == ["Your rating is taken back."]
    assert not records(home)


def test_it_is_there_after_a_reload_and_can_be_taken_back_then(home: Path):
    explained(press(asked(), 0))
    again = AppTest.from_file(str(MAIN), default_timeout=60)
    again.query_params["c"] = "1"
    again.run()
    assert again.feedback[0].value == 0
    assert again.button_group[0].value == ["wrong", "incomplete"]
    press(again, None)
    assert not records(home)


def test_another_answer_in_its_place_has_no_rating(home: Path):
    page = press(asked(), 0)
    page.button(key="again-0").click().run()
    assert not page.exception
    assert page.feedback[0].value is None
    assert [(one.question, one.rating.is_up) for one in records(home)] == [("", False)]


def test_a_comment_stays_where_the_question_is_asked_again(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_AUDIT_DAYS", "30")
    page = explained(press(asked(), 0))
    assert any("is kept for 30 days" in one.value for one in page.caption)
    page.button(key="again-0").click().run()
    assert not page.exception
    assert [one.rating.comment for one in records(home)] == ["It is 42 metres, [secret]."]
    usage = page.switch_page("views/usage.py").run()
    down = usage.dataframe[-1].value
    assert down["Comment"].tolist() == ["It is 42 metres, [secret]."]
    assert "Question" not in down


@pytest.mark.parametrize(("audit", "question"), [("hashes", ""), ("off", ""), ("texts", QUESTION)])
def test_no_more_of_the_question_is_kept_than_the_log_keeps_and_the_comment_always_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, audit: str, question: str
):
    monkeypatch.setenv("FOOTNOTE_CONVERSATIONS", "off")
    monkeypatch.setenv("FOOTNOTE_AUDIT", audit)
    page = press(asked(), 0)
    explained(page)
    (record,) = records(home)
    assert (record.question, record.rating) == (
        question,
        Rating(False, ("wrong", "incomplete"), "It is 42 metres, [secret]."),
    )
    usage = page.switch_page("views/usage.py").run()
    assert not usage.exception
    assert not any(QUESTION in table.value.to_string() for table in usage.dataframe)


@pytest.mark.usefixtures("home")
def test_the_usage_page_and_the_command_tell_it(capsys: pytest.CaptureFixture[str]):
    page = explained(press(asked(), 0)).switch_page("views/usage.py").run()
    assert not page.exception
    *_, days, down = (table.value for table in page.dataframe)
    assert (days["Up"].tolist(), days["Down"].tolist(), days["Incomplete"].tolist()) == ([0], [1], [1])
    assert down["Question"].tolist() == [QUESTION]
    assert main(["feedback", "--json"]) == 0
    (row,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (row["rating"], row["reasons"], row["question"]) == ("down", ["wrong", "incomplete"], QUESTION)
    assert main(["feedback", "--since", "2999-01-01"]) == 0
    assert capsys.readouterr().out == "Nobody has rated an answer.\n"


def test_what_is_saved_has_it(tmp_path: Path):
    with asking(tmp_path) as (workspace, _):
        turns = [Turn(QUESTION, workspace.answerer.ask(QUESTION))] * 2
    ratings = {1: Rating(False, ("wrong",), "See <b>page</b> 3")}
    rows = json.loads(as_json("Varn", turns, ratings))["turns"]
    assert [row["feedback"] for row in rows] == [
        None,
        {"rating": "down", "reasons": ["wrong"], "comment": "See <b>page</b> 3"},
    ]
    text = as_markdown("Varn", turns, ratings)
    assert text.count("Rated down: wrong; See") == 1
    assert "<b>" not in text.replace("\\<b>", "")
