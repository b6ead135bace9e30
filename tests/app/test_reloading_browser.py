"""A page that stayed open while the server was away: it mends itself once, and keeps the question that is typed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from evals.served import free_port, served
from tests.app.stepping import served_texts, with_texts
from tests.app.test_browser import FLAGS

playwright = pytest.importorskip("playwright.sync_api")

LOST = "dynamically imported module"
DRAFT = "How many flowers does a bee"
_COUNT_LOADS = "sessionStorage.setItem('loads', 1 + Number(sessionStorage.getItem('loads')))"


def opened(started: Any, chromium: str, address: str) -> Any:  # noqa: ANN401
    page = started.chromium.launch(executable_path=chromium, args=FLAGS).new_page()
    page.add_init_script(_COUNT_LOADS)
    page.goto(address)
    page.get_by_placeholder("Ask about your documents").wait_for()
    return page


def loads(page: Any) -> int:  # noqa: ANN401
    return int(page.evaluate("sessionStorage.getItem('loads')"))


@pytest.mark.slow
@pytest.mark.parametrize("is_first", [True, False], ids=["the first page", "another page"])
def test_a_page_whose_part_could_not_be_fetched_loads_itself_anew(tmp_path: Path, chromium: str, is_first: bool):
    with served_texts(tmp_path) as address, playwright.sync_playwright() as started:
        page = opened(started, chromium, address)
        anew: list[str] = []
        page.route("**/DataFrame.*.js", lambda route: route.continue_() if len(anew) > is_first else route.abort())
        page.on("request", lambda sent: anew.append(sent.url) if sent.is_navigation_request() else None)
        if is_first:  # it is lost before anything of the page's own listens
            page.goto(f"{address}/documents", wait_until="commit")
        else:
            page.get_by_role("link", name="Documents").click()
        page.get_by_test_id("stDataFrame").wait_for()
        playwright.expect(page.get_by_text(LOST)).to_have_count(0)
        assert loads(page) == 2 + is_first
        assert page.url.endswith("/documents")


@pytest.mark.slow
def test_one_that_can_never_be_fetched_makes_no_loop(tmp_path: Path, chromium: str):
    with served_texts(tmp_path) as address, playwright.sync_playwright() as started:
        page = opened(started, chromium, address)
        page.route("**/DataFrame.*.js", lambda route: route.abort())
        page.get_by_role("link", name="Documents").click()
        page.wait_for_function("Number(sessionStorage.getItem('loads')) === 2")
        page.get_by_text(LOST).first.wait_for()
        page.evaluate("new Promise((resolve) => setTimeout(resolve, 4000))")  # some looks later
        assert loads(page) == 2


@pytest.mark.slow
def test_what_is_typed_outlasts_a_reload_after_the_server_was_away(tmp_path: Path, chromium: str):
    home, port = with_texts(tmp_path / "home"), str(free_port())
    with playwright.sync_playwright() as started:
        with served(home, PORT=port) as (address, process):
            page = opened(started, chromium, address)
            box = page.get_by_placeholder("Ask about your documents")
            box.fill(DRAFT)
            os.kill(process, signal.SIGKILL)
            page.wait_for_function("document.querySelector('.stApp').dataset.testConnectionState !== 'CONNECTED'")
            page.evaluate("dispatchEvent(new Event('vite:preloadError'))")  # as where a part was to be drawn just now
        with served(home, PORT=port):
            page.wait_for_function("Number(sessionStorage.getItem('loads')) === 2", timeout=120_000)
            playwright.expect(box).to_have_value(DRAFT)
            box.press("Enter")
            page.get_by_test_id("stChatMessage").get_by_text(DRAFT, exact=True).wait_for()
            assert page.evaluate("sessionStorage.getItem('footnote-draft')") is None
