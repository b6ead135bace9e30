"""The Evaluation page in a real browser: a set is made, a run cancelled and begun again, and two runs are compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.stepping import served_texts
from tests.app.test_browser import FLAGS, open_to_all

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

PATIENCE_MS = 240_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with served_texts(tmp_path) as url:
        yield f"{url}/evaluation"


def test_a_set_is_made_run_cancelled_run_again_and_two_runs_are_compared(address: str, chromium: str):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.get_by_role("button", name="Make questions").click()
        page.get_by_role("button", name="Edit").wait_for()
        page.get_by_role("radio", name="Runs").click()
        start = page.get_by_role("button", name="Start the run")
        start.click()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("Cancelled", exact=True).wait_for()
        page.get_by_role("button", name="Run again").click()
        page.get_by_text("Cancelled", exact=True).wait_for(state="detached")  # else the click might leave with the page
        page.goto("about:blank")  # a run needs nobody who looks
        page.goto(address)
        page.get_by_role("radio", name="Runs").click()
        page.get_by_role("button", name="Results").wait_for()
        page.get_by_role("textbox", name="Name of the run").fill("A second one")
        start.click()
        playwright.expect(page.get_by_role("button", name="Results")).to_have_count(2, timeout=PATIENCE_MS)
        page.get_by_role("button", name="Results").first.click()
        page.get_by_role("heading", name="A second one").wait_for()
        page.get_by_role("img", name="Finding: Found in the first five").wait_for()
        page.mouse.move(0, 0)
        open_to_all(page)
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function("document.documentElement.scrollWidth <= 390")
        page.set_viewport_size({"width": 1280, "height": 860})
        page.get_by_role("radio", name="Compare").click()
        page.get_by_text("No clear difference").wait_for()
        page.get_by_role("radio", name="All (").click()
        page.locator("[class*=st-key-question-pairs] summary").first.click()
        playwright.expect(page.get_by_text("How sure that there is an answer").first).to_be_visible()
        assert not errors
        browser.close()
