"""What was just asked is in view in a real browser, from its question on, however long the conversation is by then."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.served import BROWSER_FLAGS
from tests.app.stepping import served_texts
from tests.app.test_browser import ask

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

PLACES = """() => [...document.querySelectorAll(".stChatMessage")].slice(-2).map(one => {
    const box = one.getBoundingClientRect(); return [box.top, box.bottom];
})"""


def test_the_last_question_and_the_beginning_of_its_answer_are_in_view(tmp_path: Path, chromium: str):
    with served_texts(tmp_path) as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 600})
        page.goto(address)
        for question in ("How many flowers does a bee visit?", "Who is the mayor?", "When does the ferry leave?"):
            ask(page, question)
            page.wait_for_function(
                f"() => {{ const [[top], [begin]] = ({PLACES})(); return top >= 56 && begin < 480; }}"
            )
        browser.close()
