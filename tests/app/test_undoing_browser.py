"""Two documents removed in a real browser, put back by one button, and asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.stepping import served_uploads
from tests.app.test_browser import FLAGS, SHOTS, ask

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

QUESTION = "When does the harbour of Fowey open?"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    texts = {"harbour.md": b"The harbour of Fowey opens at six in the morning.", "lamp.md": b"The lamp is lit at dusk."}
    with served_uploads(tmp_path, texts) as url:
        yield url


def test_two_are_removed_and_come_back(address: str, chromium: str):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}/documents")
        page.get_by_role("button", name="Mark all").click()
        page.get_by_role("button", name="Remove 2 documents").click()
        page.get_by_role("dialog").get_by_text("For 7 days this can be undone.").wait_for()
        page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
        page.get_by_text("2 documents removed.").wait_for()
        page.get_by_test_id("stDataFrame").wait_for(state="detached")
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / "removed.png")
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("2 documents removed.").wait_for(state="detached")
        page.get_by_text("Recently removed").wait_for(state="detached", timeout=120_000)
        page.get_by_test_id("stDataFrame").wait_for()
        page.goto(address)
        ask(page, QUESTION)
        page.locator(".chip").first.click()
        assert "opens at six in the morning" in page.locator("mark.quote").inner_text()
        browser.close()
