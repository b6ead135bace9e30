"""A broken index in a real browser: found on the health page, mended by its button, gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evals.served import served
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from tests.app.test_browser import FLAGS

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

PATIENCE_MS = 120_000


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A home whose vector index is gone."""
    home, path = tmp_path / "home", tmp_path / "bees.txt"
    path.write_text("A hive holds 40,000 bees in June.")
    library = Library(Settings(home=home))
    assert [one.state for one in Pipeline(library, "default").add([File(path, str(path))])] == ["ready"]
    library.checkpoint()
    library.close()
    shutil.rmtree(home / "vectors")
    return home


def test_a_lost_index_is_found_mended_and_gone(broken: Path, chromium: str):
    with served(broken) as (url, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{url}/admin")
        page.get_by_text("until it is made anew, searches read the catalogue instead").wait_for()
        assert page.get_by_text("All is well").count() == 0
        mending = page.get_by_role("button", name="Build it anew")
        mending.focus()
        page.keyboard.press("Enter")
        page.get_by_text("The vector index was built anew from the catalogue.").wait_for()
        page.get_by_text("All is well").wait_for()
        assert mending.count() == 0
        assert list((broken / "vectors").glob("*/*"))
        assert not errors
        browser.close()
