"""A German browser in front of the real page: the page says so at its root, and speaks German in its style, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.test_browser import FLAGS, served

playwright = pytest.importorskip("playwright.sync_api")

HINT = "[data-testid=stFileUploaderDropzoneInstructions]"


@pytest.mark.slow
def test_the_root_and_the_style_speak_the_language_of_the_browser(tmp_path: Path, chromium: str):
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        for locale, language, title, hint in (
            ("de-AT", "de", "Dokumente", "oder Dateien hierher ziehen"),
            ("en-GB", "en", "Documents", "or drop files here"),
        ):
            page = browser.new_context(locale=locale).new_page()
            page.goto(f"{address}/documents")
            page.get_by_role("heading", name=title, exact=True).wait_for(timeout=60_000)
            playwright.expect(page.locator("html")).to_have_attribute("lang", language)
            zone = page.locator(HINT)
            zone.wait_for()
            assert hint in zone.evaluate("zone => getComputedStyle(zone, '::after').content")
            page.get_by_role("link", name={"de": "Labor", "en": "Lab"}[language], exact=True).click()
            page.locator(".st-key-lab-head").wait_for(timeout=60_000)
            playwright.expect(page.locator("html")).to_have_attribute("lang", language)
        browser.close()
