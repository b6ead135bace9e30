"""The start page on a phone: seen from its beginning, also where there is more than fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.served import BROWSER_FLAGS, served
from indexes.library import Library
from rag.settings import Settings
from tests.ingest.working import take_in

playwright = pytest.importorskip("playwright.sync_api")

SMALL = {"width": 390, "height": 560}
_TOP = "document.querySelector('[data-testid=stAppScrollToBottomContainer]').scrollTop"
_OVERFLOWS = "(() => { const page = document.querySelector('[data-testid=stAppScrollToBottomContainer]');"
_OVERFLOWS += " return page.scrollHeight > page.clientHeight + 20; })()"


@pytest.mark.slow
def test_it_is_seen_from_its_beginning_until_its_reader_scrolls(tmp_path: Path, chromium: str):
    library = Library(Settings(home=tmp_path))
    for name in ("ferry", "harbour"):
        text = f"# The {name}\n\nThe {name} of Polruan opens at six. The {name} of Fowey is red.".encode()
        take_in(library, (f"{name}.md", text), collection=name)
    library.close()
    with served(tmp_path) as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        page = browser.new_page(viewport=SMALL)
        page.goto(address)
        page.get_by_role("button", name="Dismiss").wait_for(state="attached")
        page.wait_for_function(_OVERFLOWS)
        chooser = page.get_by_placeholder("All collections")
        page.wait_for_function(f"{_TOP} === 0")
        assert chooser.evaluate("field => field.scrollWidth <= field.clientWidth"), "its words are not cut off"
        playwright.expect(page.get_by_role("button", name="Filter documents")).to_be_in_viewport()
        page.mouse.move(200, 300)
        page.mouse.wheel(0, 40)
        page.wait_for_function(f"{_TOP} > 0")
        page.wait_for_timeout(500)
        assert page.evaluate(_TOP) > 0, "where a reader has scrolled it stays"
        browser.close()
