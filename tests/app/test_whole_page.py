"""Summaries, lists and comparisons on the page: what was read stands there, while it is read and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evals.served import served
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from tests.app.test_browser import FLAGS, SHOTS, ask

playwright = pytest.importorskip("playwright.sync_api")

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


def _stopped_while_reading() -> None:
    """A page whose answer has come half-way; AppTest runs this text by itself."""
    from types import SimpleNamespace

    import streamlit as st

    from app.components.conversation import Progress, _streamed
    from rag.types import Scope
    from rag.whole.nouns import PassagesRead

    def stream(*_arguments: object, **_named: object) -> object:
        yield PassagesRead(64, 1214)
        st.stop()

    workspace = SimpleNamespace(answerer=SimpleNamespace(stream=stream))
    _streamed(workspace, Progress("Summarise this"), Scope())  # type: ignore[arg-type]


def test_while_it_is_read_the_page_says_how_far():
    page = AppTest.from_function(_stopped_while_reading).run()
    assert not page.exception
    assert [caption.value for caption in page.caption] == ["Reading 64 of 1,214 passages"]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    library = Library(Settings(home=tmp_path / "home"))
    files = [File(path, path.name) for path in sorted(SAMPLES.iterdir())]
    assert {outcome.state for outcome in Pipeline(library, "samples").add(files)} == {"ready"}
    library.checkpoint()
    library.close()
    with served(tmp_path / "home") as (url, _):
        yield url


@pytest.mark.slow
def test_a_summary_a_list_and_a_comparison_in_the_browser(address: str, chromium: str, tmp_path: Path):
    SHOTS.mkdir(parents=True, exist_ok=True)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=chromium, args=FLAGS, viewport={"width": 1280, "height": 1100}
        )
        page = browser.new_page()
        page.set_default_timeout(120_000)  # the models are loaded by the first question
        page.goto(address)
        page.get_by_text("Ask your own documents").wait_for(timeout=90_000)
        asked(page, "Summarise the word processors document", "summary")
        playwright.expect(page.locator(".coverage").last).to_have_text(
            "Read 13 of 13 passages of The Evolution of the Word Processor."
        )
        assert page.locator(".answer h3").count() > 5
        asked(page, "List all types of self-locking nuts", "list")
        playwright.expect(page.locator(".coverage").last).to_contain_text("matched.")
        assert page.locator(".answer").last.locator("li .chip").count() > 3
        asked(page, "Compare WordStar and WordPerfect", "comparison")
        table = page.locator(".answer").last.locator(".text table")
        assert table.locator("thead th").all_inner_texts()[-2:] == ["WordStar", "WordPerfect"]
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=SHOTS / "comparison-phone.png")
        browser.close()


def asked(page: playwright.Page, question: str, name: str) -> None:
    ask(page, question)
    page.locator(".coverage").last.wait_for(timeout=60_000)
    page.wait_for_timeout(700)
    page.screenshot(path=SHOTS / f"{name}.png")
