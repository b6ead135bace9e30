"""The stop button in a real browser where no answer is written: what goes on goes on, and the page is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.served import served
from tests.app.test_portions_browser import PICKER, notes, opened, sources
from tests.app.test_stopped_browser import stop

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

MANY = [f"{n:03}.md" for n in range(160)]


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
