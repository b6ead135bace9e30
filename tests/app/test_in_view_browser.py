"""What was just asked is in view in a real browser, from its question on, however long the conversation is by then."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.page_picture import PagePicture
from evals.served import served
from indexes.home import environment
from tests.app.stepping import served_texts
from tests.app.test_browser import ask
from tests.app.test_page_picture import SAMPLES, yellow

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

PLACES = """() => [...document.querySelectorAll(".stChatMessage")].slice(-2).map(one => {
    const box = one.getBoundingClientRect(); return [box.top, box.bottom];
})"""
IN_VIEW = f"() => {{ const [[top], [begin]] = ({PLACES})(); return top >= 56 && begin < 480; }}"


def test_the_last_question_and_the_beginning_of_its_answer_are_in_view(tmp_path: Path, browser: playwright.Browser):
    with served_texts(tmp_path) as address:
        page = browser.new_page(viewport={"width": 390, "height": 600})
        page.goto(address)
        for question in ("How many flowers does a bee visit?", "Who is the mayor?", "When does the ferry leave?"):
            ask(page, question)
            page.wait_for_function(IN_VIEW)
        page.reload()
        page.locator(".answer").nth(2).wait_for()
        page.wait_for_function(IN_VIEW)
        page.close()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app over a PDF."""
    home = tmp_path_factory.mktemp("home")
    adding = [sys.executable, "-m", "ingest", "add", str(SAMPLES / "word-processors.pdf")]
    subprocess.run(adding, check=True, env=environment() | {"FOOTNOTE_HOME": str(home)})
    with served(home, FOOTNOTE_WORKERS="0") as (address, _):
        yield address


@pytest.mark.parametrize(("width", "height"), [(1280, 860), (390, 700)])
def test_the_words_that_are_cited_are_in_view_on_their_page(
    printed: str, browser: playwright.Browser, width: int, height: int
):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(printed)
    ask(page, "When was WordStar developed?")
    page.locator(".chip").first.click()
    page.locator(".page img").wait_for()
    end = time.monotonic() + 60
    while (n := yellow(PagePicture(page.screenshot()))) < 300 and time.monotonic() < end:
        page.wait_for_timeout(200)
    assert n >= 300
    page.close()
