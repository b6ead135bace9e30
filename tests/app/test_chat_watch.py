"""The page says what is wrong with the chat endpoint before a question meets it, and waits for nothing to know it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.chat_watch import ChatWatch
from app.wiring import Workspace
from tests.app.recording_home import QUESTION, asking
from tests.app.test_endless_endpoint import CRAWLING_HEADERS
from tests.fake_endpoint import FakeEndpoint, Reply, answers, says
from tests.ingest.working import until

MAIN = Path(__file__).parents[2] / "app" / "main.py"
KEY = "sk-planted-0123456789abcdef"
WRITTEN = says("It is 41 metres high. [1]")
DOWN = answers(500, {"error": {"message": f"out of memory {KEY}"}})
REFUSED = answers(401, {"error": f"bad key {KEY}"})


def looked(workspace: Workspace) -> str:
    """What a look has found."""
    watch = workspace.watch
    assert watch is not None
    watch.used()
    until(lambda: not watch.is_looking)
    return watch.trouble


@pytest.mark.parametrize(
    ("pages", "replies", "words"),
    [
        ({}, [WRITTEN], ""),  # it tells nothing of itself: no reason to ask it for a word
        ({"/v1/models": answers(200, {"data": [{"id": "tiny"}]})}, [WRITTEN], ""),
        ({"/v1/models": REFUSED}, [REFUSED], "refused the key (bad key [key])"),
        ({"/v1/models": REFUSED}, [says("yes")], ""),  # its list alone is closed
        ({"/v1/models": answers(200, {"data": [{"id": "big"}]})}, [answers(404)], "does not know the model 'tiny'"),
        ({"/v1/models": CRAWLING_HEADERS}, [CRAWLING_HEADERS], "sent nothing for 1 seconds"),
    ],
)
def test_what_a_look_finds(tmp_path: Path, pages: dict[str, Reply], replies: list[Reply], words: str):
    with asking(tmp_path, *replies, api_key=KEY, timeout=1.0) as (workspace, endpoint):
        endpoint.pages = pages
        found = looked(workspace)
    assert KEY not in found
    if words:
        assert found.startswith("The chat model at http://127.0.0.1:")
        assert words in found
        assert found.endswith("; meanwhile answers are quoted from the documents.")
    else:
        assert found == ""
        assert len(endpoint.requests) == (pages.get("/v1/models") is REFUSED)


def test_a_request_that_fails_is_heard_of_and_one_that_is_answered_too(tmp_path: Path):
    with asking(tmp_path, DOWN) as (workspace, endpoint):
        assert looked(workspace) == ""
        workspace.answerer.ask(QUESTION)
        assert "failed with status 500 (out of memory)" in looked(workspace)
        endpoint.replies = [WRITTEN]
        assert workspace.answerer.ask(QUESTION).model == "tiny"
        assert workspace.watch is not None
        assert workspace.watch.trouble == ""


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (says("yes"), "meanwhile 'small' writes the answers."),
        (DOWN, "meanwhile answers are quoted from the documents."),
    ],
)
def test_what_is_done_instead(tmp_path: Path, second: Reply, words: str):
    with FakeEndpoint(second) as other:
        settings = {"fallback_model": "small", "fallback_url": other.url}
        with asking(tmp_path, REFUSED, **settings) as (workspace, endpoint):
            endpoint.pages = {"/v1/models": REFUSED}
            assert looked(workspace).endswith(f"; {words}")


def test_without_a_model_nobody_looks(tmp_path: Path):
    with asking(tmp_path) as (workspace, _):
        assert workspace.watch is None


def test_nothing_is_asked_where_the_budget_is_spent(tmp_path: Path):
    with asking(tmp_path, WRITTEN, daily_tokens=1) as (workspace, endpoint):
        workspace.answerer.ask(QUESTION)
        endpoint.pages = {"/v1/models": REFUSED}
        assert looked(workspace) == ""
        assert len(endpoint.requests) == 1


def test_a_look_is_taken_beside_and_not_again_at_once():
    going, looks = threading.Event(), list[bool]()

    def look(has_failed: bool) -> str:  # noqa: FBT001
        looks.append(has_failed)
        going.wait(10)
        return "down"

    watch = ChatWatch(look, unwell=0.2)
    start = time.perf_counter()
    for _ in range(100):
        watch.used()
    assert (watch.trouble, watch.is_looking) == ("", True)
    assert time.perf_counter() - start < 5, "each look would take ten seconds"
    going.set()
    until(lambda: not watch.is_looking)
    watch.used()
    assert (watch.trouble, looks) == ("down", [False])
    time.sleep(0.3)
    watch.used()
    until(lambda: not watch.is_looking)
    assert looks == [False, True]


@contextmanager
def paged(home: Path, monkeypatch: pytest.MonkeyPatch, endpoint: FakeEndpoint) -> Iterator[AppTest]:
    with asking(home):
        pass  # a document is there
    given = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_CHAT_MODEL": "tiny", "OPENAI_BASE_URL": endpoint.url}
    for name, value in {**given, "OPENAI_API_KEY": KEY}.items():
        monkeypatch.setenv(name, value)
    st.cache_resource.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=120).run()
    st.cache_resource.clear()


def warnings(page: AppTest) -> list[str]:
    return [one.value for one in page.run().caption if "warning" in one.value]


@pytest.mark.slow
def test_the_page_has_a_line_while_something_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with (
        FakeEndpoint(REFUSED, pages={"/v1/models": REFUSED}) as endpoint,
        paged(tmp_path, monkeypatch, endpoint) as page,
    ):
        until(lambda: bool(warnings(page)))
        (line,) = warnings(page)
        assert "refused the key" in line
        assert line.endswith("meanwhile answers are quoted from the documents.")
        assert KEY not in line
        endpoint.replies, endpoint.pages = [WRITTEN], {}
        page.chat_input(key="question").set_value(QUESTION).run()
        assert not page.exception
        assert warnings(page) == []


@pytest.mark.slow
def test_the_page_has_none_while_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with FakeEndpoint(WRITTEN) as endpoint, paged(tmp_path, monkeypatch, endpoint) as page:
        until(lambda: any(path == "/v1/models" for path, _ in endpoint.looks))
        for _ in range(3):
            assert warnings(page) == []
        assert endpoint.requests == []


def test_a_failure_during_a_look_is_looked_at_next():
    begun, go_on, looks = threading.Event(), threading.Event(), list[bool]()

    def look(has_failed: bool) -> str:
        looks.append(has_failed)
        begun.set()
        go_on.wait(5)
        return ""

    watch = ChatWatch(look)
    watch.used()
    assert begun.wait(5)
    watch.failed()
    go_on.set()
    until(lambda: not watch.is_looking)
    watch.used()
    until(lambda: not watch.is_looking)
    assert looks == [False, True]
