"""A question is kept from the moment it is asked, and everybody can tell whether it is being answered still."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from app.asking import being_answered, is_being_answered
from app.components import conversation
from app.kept_turns import as_json
from app.wiring import Workspace
from evals.served import served
from indexes.conversations import TurnRecord
from indexes.library import Library
from rag.errors import ModelError
from rag.rights import LOCAL
from rag.settings import Settings
from rag.types import Answer, Trace, Turn
from tests.app.stepping import served_texts, with_texts
from tests.app.test_browser import FLAGS, ask
from tests.app.test_first_files import opened_at
from tests.app.test_pages import MAIN, card
from tests.fake_endpoint import FakeEndpoint, event, says, stays_silent, streams
from tests.ingest.working import ROOT, until

QUESTION = "How many flowers does a bee visit on one flight?"
EARLIER = "When does the ferry leave?"
NOT_FINISHED = "was not finished: ask again"


def test_a_question_is_being_answered_while_its_process_is_at_it(tmp_path: Path):
    with being_answered(tmp_path) as mark, being_answered(tmp_path) as other:
        assert is_being_answered(tmp_path, mark)
        assert mark != other
    assert not is_being_answered(tmp_path, mark)
    assert list((tmp_path / "asked").iterdir()) == []


def test_a_killed_process_answers_nothing_any_more(tmp_path: Path):
    code = "import sys, time; from pathlib import Path; from app.asking import being_answered\n"
    code += "with being_answered(Path(sys.argv[1])) as mark: print(mark, flush=True), time.sleep(300)"
    process = subprocess.Popen([sys.executable, "-c", code, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    mark = process.stdout.readline().strip()
    assert is_being_answered(tmp_path, mark)
    process.kill()
    process.communicate()
    assert not is_being_answered(tmp_path, mark)
    assert list((tmp_path / "asked").iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize("mark", ["", "..", "../uploads", "/"])
def test_a_mark_that_is_none_reaches_no_folder(tmp_path: Path, mark: str):
    for folder in (tmp_path / "asked", tmp_path / "uploads"):
        folder.mkdir()
    assert not is_being_answered(tmp_path, mark)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asked", "uploads"]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    home = with_texts(tmp_path / "home")
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    st.cache_resource.clear()
    yield Library(Settings(home=home))
    st.cache_resource.clear()


def turn(question: str, mark: str = "") -> TurnRecord:
    answer = Answer(question, "", (), (), (), Trace(), notice=f"It {NOT_FINISHED}.")
    return TurnRecord(question, "", as_json(Turn(question, answer, asked_by=mark)))


@pytest.mark.slow
def test_what_is_answered_in_another_tab_is_no_dead_question(library: Library):
    shelf = library.catalogue.conversations
    number = shelf.begin(LOCAL, QUESTION)
    with being_answered(library.settings.home) as mark:
        shelf.ask(LOCAL, number, turn(QUESTION, mark))
        page = opened_at(number)
        assert page.chat_message[0].text[0].value == QUESTION
        assert len(page.chat_message) == 1, "nothing says that it was not finished"
        assert page.chat_input(key="question").disabled
        assert [one.value for one in page.caption if "another window" in one.value]
        shelf.keep(LOCAL, number, 0, turn(EARLIER))
    page.run()
    assert page.chat_message[0].text[0].value == EARLIER, "what has come of it is shown"
    assert not page.chat_input(key="question").disabled


@pytest.mark.slow
def test_a_question_that_met_an_error_stays_with_it_until_it_is_answered(
    library: Library, monkeypatch: pytest.MonkeyPatch
):
    shelf, kept = library.catalogue.conversations, []

    def fails(*_: object, **__: object) -> Iterator[str]:
        kept.extend(shelf.all(LOCAL))
        raise ModelError("The model is gone.")
        yield ""

    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    with monkeypatch.context() as patched:
        patched.setattr(type(Workspace(library.settings).answerer), "stream", fails)
        page.chat_input(key="question").set_value(QUESTION).run()
        assert [one.title for one in kept] == [QUESTION], "it was kept before anything was asked of a model"
        page.button(key="again-0").click().run()
    assert [one.n_turns for one in kept] == [1, 1], "a server that is killed then leaves it once"
    assert [(one.title, one.n_turns) for one in shelf.all(LOCAL)] == [(QUESTION, 1)]
    assert "The model is gone." in card(page)["notice"]
    page.button(key="again-0").click().run()
    assert "honey bee" in str(card(page)["blocks"])
    (record,) = shelf.all(LOCAL)
    assert (record.title, record.n_turns) == (QUESTION, 1)


@pytest.mark.slow
def test_a_turn_whose_replacing_a_click_has_ended_is_there_again(library: Library):
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    page.chat_input(key="question").set_value(QUESTION).run()
    (turn,) = page.session_state["turns"]
    state = {"turns": [], "n-turns-kept": 0, "turn-to-replace": (turn, 1, page.session_state["conversation"])}
    for name, value in state.items():
        page.session_state[name] = value  # as of a run that ended between the click and the question
    page.run()
    assert page.session_state["turns"] == [turn]
    assert "honey bee" in str(card(page)["blocks"])
    page.chat_input(key="question").set_value(EARLIER).run()
    (record,) = library.catalogue.conversations.all(LOCAL)
    assert record.n_turns == 2, "nothing has taken its place"


@pytest.mark.slow
def test_a_question_that_is_put_twice_is_kept_once(library: Library):
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    page.chat_input(key="question").set_value(QUESTION).run()
    number, (turn,) = page.session_state["conversation"], page.session_state["turns"]
    page.session_state["interrupted-question"] = (number, 1, QUESTION, False)
    page.session_state["turns"] = [replace(turn, answer=replace(turn.answer, text="", sentences=()))]
    page.session_state["suggested"] = QUESTION
    page.run()
    assert "honey bee" in str(card(page)["blocks"])
    assert [one.n_turns for one in library.catalogue.conversations.all(LOCAL)] == [1]


@pytest.mark.slow
def test_a_question_whose_run_a_click_has_ended_before_it_was_asked_is_asked(
    library: Library, monkeypatch: pytest.MonkeyPatch
):
    page, runs = AppTest.from_file(str(MAIN), default_timeout=240).run(), list[str]()

    def interrupted(*_: object, **__: object) -> None:
        runs.append("ended")
        raise StopException  # as of a click elsewhere, while what was there before is drawn

    with monkeypatch.context() as patched:
        patched.setattr(conversation, "show", interrupted)
        page.chat_input(key="question").set_value(QUESTION).run()
    assert runs == ["ended"]
    assert not library.catalogue.conversations.all(LOCAL)
    page.run()
    assert "honey bee" in str(card(page)["blocks"])
    page.run()
    assert [one.n_turns for one in library.catalogue.conversations.all(LOCAL)] == [1], "and once alone"


@pytest.mark.slow
@pytest.mark.parametrize("n_before", [0, 1])
def test_a_question_outlasts_a_server_that_is_killed(tmp_path: Path, chromium: str, n_before: int):
    playwright = pytest.importorskip("playwright.sync_api")
    home = with_texts(tmp_path / "home")
    early = [says("The ferry leaves at nine. [1]")] * n_before
    with (
        FakeEndpoint(*early, stays_silent(50), says("About fifty flowers. [1]")) as model,
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        settings = {"FOOTNOTE_CHAT_MODEL": "fake", "OPENAI_BASE_URL": model.url}
        with served(home, **settings) as (address, process):
            page.goto(address)
            if n_before:
                ask(page, EARLIER)
            n = len(model.requests)
            box = page.get_by_placeholder("Ask about your documents")
            box.fill(QUESTION)
            box.press("Enter")
            until(lambda: len(model.requests) > n, 60)
            os.kill(process, signal.SIGKILL)
        with served(home, **settings) as (address, _):
            page.goto(f"{address}/?c=1")
            page.get_by_text(NOT_FINISHED).wait_for()
            asked = page.get_by_test_id("stChatMessage").get_by_text(QUESTION, exact=True)
            playwright.expect(asked).to_have_count(1)
            for of_an_answer in (".flow", ".copy", "[data-testid=stFeedback]"):
                playwright.expect(page.locator(of_an_answer)).to_have_count(n_before)
            playwright.expect(page.locator("[class*='st-key-open-'] button")).to_have_count(1)
            page.get_by_role("button", name="Ask again").click()
            page.get_by_text("About fifty flowers.").first.wait_for()
            playwright.expect(page.locator(".flow")).to_have_count(n_before + 1, timeout=60_000)  # it was checked
            playwright.expect(asked).to_have_count(1)
            playwright.expect(page.get_by_text(NOT_FINISHED)).to_have_count(0)
            playwright.expect(page.get_by_test_id("stFeedback")).to_have_count(n_before + 1)
        browser.close()
    turns = Library(Settings(home=home)).catalogue.conversations.turns(LOCAL, 1)
    assert len(turns) == n_before + 1


@pytest.mark.slow
def test_what_was_written_outlasts_a_server_that_is_killed(tmp_path: Path, chromium: str):
    playwright = pytest.importorskip("playwright.sync_api")
    home = with_texts(tmp_path / "home")
    words = [event(f"word{n} ") if at == 0 else 0.5 for n in range(60) for at in range(2)]
    with FakeEndpoint(streams(*words)) as model, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        settings = {"FOOTNOTE_CHAT_MODEL": "fake", "OPENAI_BASE_URL": model.url}
        with served(home, **settings) as (address, process):
            page.goto(address)
            box = page.get_by_placeholder("Ask about your documents")
            box.fill(QUESTION)
            box.press("Enter")
            page.get_by_text("word12").wait_for()
            os.kill(process, signal.SIGKILL)
        with served(home, **settings) as (address, _):
            page.goto(f"{address}/?c=1")
            page.get_by_text("before its end, so its sources were not settled").wait_for()
            playwright.expect(page.locator(".answer")).to_contain_text("word0 word1 word2 word3")
            page.get_by_role("button", name="Ask again").wait_for()
        browser.close()


@pytest.mark.slow
def test_another_tab_shows_the_answer_once_it_is_there(tmp_path: Path, chromium: str):
    playwright = pytest.importorskip("playwright.sync_api")
    is_seen = threading.Event()

    def answers_then(request: BaseHTTPRequestHandler) -> None:
        is_seen.wait(60)
        says("About fifty flowers. [1]")(request)

    with (
        FakeEndpoint(answers_then) as model,
        served_texts(tmp_path, FOOTNOTE_CHAT_MODEL="fake", OPENAI_BASE_URL=model.url) as address,
        playwright.sync_playwright() as started,
    ):
        context = started.chromium.launch(executable_path=chromium, args=FLAGS).new_context()
        page, other = context.new_page(), context.new_page()
        page.goto(address)
        box = page.get_by_placeholder("Ask about your documents")
        box.fill(QUESTION)
        box.press("Enter")
        page.wait_for_url("**/?c=1")
        other.goto(f"{address}/?c=1")
        other.get_by_text("This question is being answered in another window.").wait_for()
        assert other.get_by_text(NOT_FINISHED).count() == 0
        is_seen.set()
        for tab in (page, other):
            tab.get_by_text("About fifty flowers.").first.wait_for()
            playwright.expect(tab.locator(".answer")).to_have_count(1)
        assert len(model.requests) == 1
