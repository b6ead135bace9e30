"""Follow-ups in English and German in a real browser: completed, shown, edited and asked again, by keyboard too."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.served import served
from tests.app.test_browser import FLAGS, SHOTS, ask, upload_all

playwright = pytest.importorskip("playwright.sync_api")

TEXTS = {
    "Fowey.md": "# Fowey\n\nThe harbour of Fowey opens at six. A berth in the harbour costs nine pounds a day.",
    "Kiel.md": "# Kiel\n\nDer Leuchtturm von Kiel wurde 1868 gebaut. Der Leuchtturm ist 27 Meter hoch und aus Eisen.",
}


@pytest.mark.slow
def test_a_follow_up_is_completed_shown_and_edited(tmp_path: Path, chromium: str):
    with (
        served(tmp_path / "home") as (address, _),
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        upload_all(page, TEXTS)
        english(page)
        german(page)
        phone(page)
        browser.close()


def english(page: playwright.Page) -> None:
    ask(page, "When does the harbour of Fowey open?")
    assert page.locator(".edit").count() == 0, "a question that stands alone has nothing to edit"
    ask(page, "What does a berth cost there?")
    line = page.locator(".searched").last
    playwright.expect(line).to_contain_text("Searched for: What does a berth cost there? (Fowey")
    page.locator(".edit").last.focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Question to search for")
    playwright.expect(field).to_be_focused()
    page.screenshot(path=SHOTS / "edit-query.png")
    page.keyboard.press("Escape")
    playwright.expect(field).to_have_count(0)
    playwright.expect(page.locator(".edit").last).to_be_focused()
    page.keyboard.press("Enter")
    field.fill("When does it open in Fowey?")  # "it" points back, and yet nothing is added
    page.keyboard.press("Enter")
    playwright.expect(page.locator(".answer")).to_have_count(3)
    playwright.expect(page.get_by_text("When does it open in Fowey?", exact=True)).to_be_visible()
    playwright.expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    assert page.locator(".answer").last.locator(".searched").count() == 0


def german(page: playwright.Page) -> None:
    ask(page, "Wann wurde der Leuchtturm von Kiel gebaut?")
    ask(page, "Wie hoch ist er?")
    answer = page.locator(".answer").last
    playwright.expect(answer.locator(".searched")).to_contain_text("Searched for: Wie hoch ist er? (")
    playwright.expect(answer).to_contain_text("27 Meter")
    ask(page, "Aus welchem Material ist der Leuchtturm in der ersten Quelle?")
    answer = page.locator(".answer").last
    playwright.expect(answer.locator(".searched")).to_contain_text("Searched in «Kiel.md», cited before.")
    playwright.expect(answer).to_contain_text("Eisen")
    page.wait_for_timeout(500)
    page.screenshot(path=SHOTS / "follow-up-german.png")


def phone(page: playwright.Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".edit").last.click()
    page.get_by_label("Question to search for").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / "edit-query-phone.png")
