"""The stop button in a real browser where no answer is written: what goes on goes on, and the page is whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from evals.served import BROWSER_FLAGS, served
from tests.app.test_browser import calm
from tests.app.test_portions_browser import PICKER, notes, opened, sources

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

ASKED = "When is lamp 007 lit?"
MANY = [f"{n:03}.md" for n in range(160)]


def stop(page: playwright.Page) -> None:
    """Press it if anything runs: a fast machine may be through, and whatever ran, the page is whole after it."""
    with suppress(playwright.TimeoutError):
        page.get_by_test_id("stStatusWidget").get_by_role("button", name="Stop").click(timeout=3_000)


def test_files_that_come_in_outlast_it(tmp_path: Path, chromium: str):
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        page = opened(started, chromium, address)
        page.locator(PICKER).set_input_files(notes(MANY))
        stop(page)
        page.wait_for_function("document.documentElement.matches('.files-coming')")
        stop(page)
        page.get_by_text("160 documents").wait_for(timeout=120_000)
        page.wait_for_function("!document.documentElement.matches('.files-coming')")
        playwright.expect(page.locator(PICKER)).to_have_count(1)
    assert sources(tmp_path / "home") == set(MANY)


def test_a_question_whose_files_are_taken_is_kept(tmp_path: Path, chromium: str):
    """It stands on the page at once, though they may not be taken yet."""
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        page = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS).new_page()
        page.goto(address)
        page.get_by_text("Ask your own documents").wait_for()
        calm(page)
        box = page.get_by_test_id("stChatInput")
        sent = []
        page.on("requestfinished", lambda request: sent.append(request) if request.method == "PUT" else None)
        box.locator("input[type=file]").set_input_files(notes(MANY[:60]))
        while len(sent) < 60:  # what is pressed while a file is still on its way to the server does nothing
            page.wait_for_event("requestfinished")
        box.locator("textarea").fill(ASKED)
        playwright.expect(box.get_by_test_id("stChatInputSubmitButton")).to_be_enabled()
        box.locator("textarea").press("Enter")
        playwright.expect(page.get_by_test_id("stChatMessage").filter(has_text=ASKED)).to_have_count(1)
        stop(page)
        playwright.expect(page.get_by_role("button", name="Ask again")).to_have_count(1)
        told = page.locator(".notice").filter(has_text="before the answer began: ask again")
        answered = page.get_by_text("likely to hold an answer")  # where the files were taken before it was pressed
        playwright.expect(told.or_(answered)).to_have_count(1)
        playwright.expect(page.get_by_test_id("stSidebar").get_by_role("button", name=ASKED, exact=True)).to_have_count(
            1
        )
    assert sources(tmp_path / "home") == set(MANY[:60])
