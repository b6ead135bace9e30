"""The table of documents in a real browser: what a filter hides comes back by one button."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.stepping import served_uploads
from tests.app.test_browser import FLAGS

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    texts = {"harbour.md": b"The harbour opens at six.", "lamp.md": b"The lamp is lit.", "list.csv": b"a,b\n1,2\n"}
    with served_uploads(tmp_path, texts) as url:
        yield url


def test_show_all_empties_the_fields(address: str, chromium: str):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}/documents")
        words = page.get_by_placeholder("Find by name or title")
        for _ in range(2):
            words.fill("lamp")
            page.get_by_text("1 of 3 documents").wait_for()
            page.get_by_role("button", name="Show all").click()
            page.get_by_text("3 documents", exact=True).wait_for()
            playwright.expect(words).to_have_value("")
        kind = page.get_by_role("combobox", name="Kind of file")
        kind.click()
        page.get_by_role("option", name="Tables").click()
        page.get_by_text("1 of 3 documents").wait_for()
        page.get_by_role("button", name="Show all").click()
        page.get_by_text("3 documents", exact=True).wait_for()
        playwright.expect(kind).to_have_value("")
        browser.close()


def test_on_a_phone_all_filters_but_the_search_are_folded_until_they_are_wanted(address: str, chromium: str):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.goto(f"{address}/documents")
        page.get_by_text("3 documents", exact=True).wait_for()
        choices = [page.get_by_role("combobox", name=name) for name in ("Kind of file", "State", "Order")]
        for one in choices:
            playwright.expect(one).to_be_hidden()
        page.wait_for_function("document.querySelector('.st-key-document-filter').offsetHeight <= 44")  # one row
        page.get_by_text("More filters").click()
        for one in choices:
            playwright.expect(one).to_be_visible()
        page.set_viewport_size({"width": 1280, "height": 800})
        playwright.expect(page.get_by_text("More filters")).to_be_hidden()
        browser.close()
