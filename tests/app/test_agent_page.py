"""The steps to an answer on the page, while they are done and afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evals.served import served
from tests.app.test_browser import FLAGS, SHOTS, ask, upload
from tests.fake_endpoint import FakeEndpoint, calls, says

playwright = pytest.importorskip("playwright.sync_api")


def _in_the_middle() -> None:
    """A page whose answer has come as far as its second step; AppTest runs this text by itself."""
    from types import SimpleNamespace

    import streamlit as st

    from app.components.conversation import Progress, _streamed
    from rag.agent.nouns import Calculation, Step
    from rag.types import Scope

    def stream(*_arguments: object, **_named: object) -> object:
        yield Step("search", "rent in <b>Bergen</b> *now*", n=2)
        yield Step("calculate", "950 + 1120", calculation=Calculation("950 + 1120", "2070"))
        st.session_state["stopped"] = progress.stopped("tiny")
        st.stop()

    progress = Progress("How much together?")
    workspace = SimpleNamespace(answerer=SimpleNamespace(stream=stream))
    _streamed(workspace, progress, Scope())  # type: ignore[arg-type]


def test_the_steps_stand_there_while_they_are_done_and_in_what_was_stopped():
    page = AppTest.from_function(_in_the_middle).run()
    assert not page.exception
    (shown,) = [text.value for text in page.text]
    assert shown == "Searched for “rent in <b>Bergen</b> *now*”: 2 new passages.\nCalculated 950 + 1120: 2070."
    assert [step.kind for step in page.session_state["stopped"].steps] == ["search", "calculate"]


@pytest.mark.slow
def test_the_steps_of_an_answer_in_the_browser(tmp_path: Path, chromium: str):
    SHOTS.mkdir(parents=True, exist_ok=True)
    replies = [
        calls(("search", '{"query": "opening of the harbour"}'), ("calculate", '{"expression": "2 * 30"}')),
        says("DONE"),
        says("The harbour of Fowey opens at six in the morning. [1]"),
    ]
    settings = {"FOOTNOTE_CHAT_MODEL": "fake", "FOOTNOTE_CHAT_PROFILE": "openai"}
    with (
        FakeEndpoint(*replies) as model,
        served(tmp_path / "home", OPENAI_BASE_URL=model.url, **settings) as (address, _),
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        upload(page)
        ask(page, "When does the harbour of Fowey open, and what does the lighthouse show?")
        page.locator(".steps > summary").click()
        playwright.expect(page.locator(".steps li")).to_have_count(5)  # a page that ran anew draws them once more
        steps = page.locator(".steps li").all_text_contents()
        assert len(steps) == 5
        assert steps[-1] == "Calculated 2 * 30: 60."
        assert "opening of the harbour" in steps[-2]
        page.wait_for_timeout(300)
        page.screenshot(path=SHOTS / "steps.png", full_page=True)
        browser.close()
