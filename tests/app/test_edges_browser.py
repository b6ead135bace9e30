"""Every page but the conversation begins at one left edge, so that no title moves from page to page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.stepping import served_texts
from tests.app.test_browser import FLAGS, calm

playwright = pytest.importorskip("playwright.sync_api")

PAGES = ("documents", "usage", "lab", "evaluation", "admin")
IS_STYLED = "[...document.querySelectorAll('style')].some((one) => one.textContent.includes('.stMainBlockContainer'))"
"""Streamlit loads the part that holds our styles by itself: on a busy machine after the title."""
IS_WITHIN = "document.querySelector('.stMain').scrollWidth <= innerWidth"


@pytest.mark.slow
def test_titles_stand_at_one_edge_and_nothing_is_wider_than_its_page(tmp_path: Path, chromium: str):
    with served_texts(tmp_path) as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        for width in (1280, 1920, 390):
            page = browser.new_page(viewport={"width": width, "height": 860})
            assert len({_left(page, f"{address}/{name}") for name in PAGES}) == 1, width
            page.goto(address)
            column = page.locator(".stMainBlockContainer:has(.st-key-toolbar)")
            column.get_by_role("heading", level=1).wait_for()
            calm(page)
            box = column.bounding_box()
            assert box["width"] <= 800, "a line of an answer is not longer than can be read"
            assert box["x"] == pytest.approx((width - box["width"]) / 2, abs=1)
        browser.close()


def _left(page: playwright.Page, address: str) -> float:
    page.goto(address)
    title = page.get_by_role("heading", level=1)
    title.wait_for(timeout=60_000)
    page.wait_for_function(IS_STYLED)
    calm(page)
    page.wait_for_function(IS_WITHIN)  # a table takes its width after it was drawn
    return float(title.bounding_box()["x"])
