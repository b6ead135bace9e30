"""The values by which the chat model writes in a conversation, set on the page in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.served import served
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from tests.app.test_browser import FLAGS, SHOTS, ask, upload_all
from tests.fake_endpoint import FakeEndpoint, says

playwright = pytest.importorskip("playwright.sync_api")

TEXTS = {
    "Handbook 2023.md": "# Leave\n\nEvery employee is entitled to 20 days of paid annual leave in each calendar year.",
    "Handbook 2025.md": "# Leave\n\nEvery employee is entitled to 25 days of paid annual leave in each calendar year.",
}
QUESTION = "How many days of paid annual leave does an employee get?"


@pytest.mark.slow
def test_values_are_set_kept_over_pages_and_forgotten_with_the_conversation(tmp_path: Path, chromium: str):
    SHOTS.mkdir(parents=True, exist_ok=True)
    with (
        FakeEndpoint(says("Every employee is entitled to 25 days of paid annual leave. [1]")) as model,
        served(tmp_path / "home", FOOTNOTE_CHAT_MODEL="fake", OPENAI_BASE_URL=model.url) as (address, _),
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        upload_all(page, TEXTS)
        fill(page, "Temperature", "9")
        playwright.expect(page.get_by_text("Temperature='9' must be a number from 0 to 2")).to_be_visible()
        page.screenshot(path=SHOTS / "sampling.png")
        page.get_by_label("Temperature").fill("0.7")
        page.keyboard.press("Enter")
        playwright.expect(page.get_by_text("must be a number")).to_have_count(0)
        page.keyboard.press("Escape")
        ask(page, QUESTION)
        playwright.expect(page.locator(".notice")).to_contain_text("«Handbook 2023.md» says 20 days instead of 25.")
        page.screenshot(path=SHOTS / "versions.png")
        page.get_by_text("Documents", exact=True).first.click()
        page.wait_for_url("**/documents")
        page.get_by_text("Handbook 2023.md").first.wait_for(state="attached")
        page.get_by_text("Ask", exact=True).first.click()
        page.locator(".answer").wait_for()
        ask(page, "How many days of annual leave are paid in a calendar year?")
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_role("button", name="Writing").click()
        page.wait_for_timeout(500)
        assert page.get_by_label("Temperature").input_value() == "0.7"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=SHOTS / "sampling-phone.png")
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 1280, "height": 860})
        page.get_by_role("button", name="New conversation").click()
        playwright.expect(page.locator(".answer")).to_have_count(0)
        page.wait_for_timeout(500)
        page.screenshot(path=SHOTS / "new-conversation.png")
        ask(page, QUESTION)
        browser.close()
        sent = [request["temperature"] for request in model.requests if request["max_tokens"] == 512]
    assert sent == [0.7, 0.7, 0.0]


SLOW_END = """
import time

from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests

ready = ScriptRequests.on_scriptrunner_ready


def slow(self):
    time.sleep(1.5)
    return ready(self)


ScriptRequests.on_scriptrunner_ready = slow
"""
"""Between the end of a run and the look whether something has come meanwhile, which else takes milliseconds."""


@pytest.mark.slow
def test_a_question_that_comes_as_the_run_of_a_part_ends_is_drawn_once(tmp_path: Path, browser: playwright.Browser):
    (tmp_path / "sitecustomize.py").write_text(SLOW_END)
    (tmp_path / "a.md").write_text(TEXTS["Handbook 2025.md"])
    library = Library(Settings(home=tmp_path / "home"))
    list(Pipeline(library, "default").add([File(tmp_path / "a.md", "a.md")]))
    library.close()
    with (
        FakeEndpoint(says("Every employee is entitled to 25 days of paid annual leave. [1]")) as model,
        served(tmp_path / "home", FOOTNOTE_CHAT_MODEL="fake", OPENAI_BASE_URL=model.url, PYTHONPATH=str(tmp_path)) as (
            address,
            _,
        ),
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        fill(page, "Temperature", "9")
        page.get_by_text("must be a number").wait_for()
        page.get_by_label("Temperature").fill("0.7")
        page.keyboard.press("Enter")
        playwright.expect(page.get_by_text("must be a number")).to_have_count(0)
        page.keyboard.press("Escape")
        ask(page, QUESTION)
        playwright.expect(page.locator(".answer")).to_have_count(1)
        page.close()


def fill(page: playwright.Page, label: str, text: str) -> None:
    page.get_by_role("button", name="Writing").click()
    page.get_by_label(label).fill(text)
    page.keyboard.press("Enter")
