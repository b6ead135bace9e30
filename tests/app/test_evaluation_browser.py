"""The Evaluation page in a real browser: a set is made, a run cancelled and begun again, and two runs are compared."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.stepping import served_texts
from tests.app.test_browser import FLAGS, open_to_all
from tests.ingest.working import fill

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

PATIENCE_MS = 240_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with served_texts(tmp_path) as url:
        yield f"{url}/evaluation"


def test_a_set_is_made_run_cancelled_run_again_and_two_runs_are_compared(address: str, chromium: str):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.get_by_role("button", name="Make questions").click()
        page.get_by_role("button", name="Edit").wait_for()
        page.get_by_role("radio", name="Runs").click()
        start = page.get_by_role("button", name="Start the run")
        start.click()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("Cancelled", exact=True).wait_for()
        page.locator("[data-test-script-state=notRunning]").wait_for()  # a click during a run of the page may be lost
        page.get_by_role("button", name="Run again").click()
        page.get_by_text("Cancelled", exact=True).wait_for(state="detached")  # else the click might leave with the page
        page.goto("about:blank")  # a run needs nobody who looks
        page.goto(address)
        page.get_by_role("radio", name="Runs").click()
        page.get_by_role("button", name="Results").wait_for()
        page.get_by_role("textbox", name="Name of the run").fill("A second one")
        start.click()
        playwright.expect(page.get_by_role("button", name="Results")).to_have_count(2, timeout=PATIENCE_MS)
        page.get_by_role("button", name="Results").first.click()
        page.get_by_role("heading", name="A second one").wait_for()
        page.get_by_role("img", name="Finding: Found in the first five").wait_for()
        page.mouse.move(0, 0)
        open_to_all(page)
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function("document.documentElement.scrollWidth <= 390")
        page.set_viewport_size({"width": 1280, "height": 860})
        page.get_by_role("radio", name="Compare").click()
        page.get_by_text("No clear difference").wait_for()
        page.get_by_role("radio", name="All (").click()
        page.locator("[class*=st-key-question-pairs] summary").first.click()
        playwright.expect(page.get_by_text("How sure that there is an answer").first).to_be_visible()
        assert not errors
        browser.close()


def set_up(browser: Any, address: str, home: Path, n: int) -> tuple[Any, Path]:  # noqa: ANN401 - Playwright's own
    """A page with the table of the set, made of `n` questions where it is missing, and the file that these are in."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    page.set_default_timeout(45_000)
    page.goto(address)
    page.get_by_role("radio", name="Question sets").click()
    if not (found := [*home.glob("home/evaluation/sets/*/questions.jsonl")]):
        page.get_by_role("spinbutton", name="Questions").fill(str(n))
        page.get_by_role("spinbutton", name="Questions").press("Tab")
        page.get_by_role("button", name="Make questions").click()
        page.get_by_role("button", name="Edit").wait_for()
        found = [*home.glob("home/evaluation/sets/*/questions.jsonl")]
    page.get_by_role("button", name="Edit").click()
    page.get_by_test_id("stDataFrame").wait_for()
    return page, found[0]


def edit(page: Any, row: int, words: str) -> None:  # noqa: ANN401 - Playwright's own
    """Write in the table, which is drawn on a canvas."""
    page.bring_to_front()
    page.locator("[data-test-script-state=notRunning]").wait_for()
    box = page.get_by_test_id("stDataFrame").bounding_box()
    page.mouse.dblclick(box["x"] + 200, box["y"] + 35 + 17 + 35 * row)
    page.locator("textarea.gdg-input").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type(words, delay=30)
    page.wait_for_timeout(300)  # the table hears of what is typed a moment later than it shows it
    page.keyboard.press("Enter")
    page.locator("textarea.gdg-input").wait_for(state="detached")


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what no page shows."""
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def asked(path: Path) -> list[str]:
    """The questions of a set."""
    return [json.loads(line)["question"] for line in path.read_text("utf-8").splitlines()]


def test_what_was_edited_while_somebody_else_saved_is_kept_and_one_of_both_is_chosen(
    address: str, chromium: str, tmp_path: Path
):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        mine, file = set_up(browser, address, tmp_path, 4)
        first, second, *rest = asked(file)
        theirs, _ = set_up(browser, address, tmp_path, 4)
        edit(mine, 1, "Mine?")
        edit(theirs, 0, "Theirs?")
        theirs.get_by_role("button", name="Save", exact=True).click()
        theirs.get_by_text("Saved", exact=True).wait_for()
        mine.get_by_role("button", name="Save", exact=True).click()
        mine.get_by_text("This set was changed elsewhere meanwhile.").wait_for()
        assert asked(file)[0] == "Theirs?"
        mine.get_by_role("button", name="Save mine instead").click()
        mine.get_by_text("Saved", exact=True).wait_for()
        assert asked(file) == [first, "Mine?", *rest]
        edit(theirs, 2, "Later?")
        theirs.get_by_text("This set was changed elsewhere meanwhile.").wait_for()
        theirs.get_by_role("button", name="Show theirs").click()
        theirs.get_by_role("button", name="Undo the last save").click()
        until(lambda: asked(file) == ["Theirs?", second, *rest])
        browser.close()


def test_an_edit_that_finds_the_disk_full_stays_in_its_table_until_there_is_room(
    small_disk: Path, tmp_path: Path, chromium: str
):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "evaluation").symlink_to(small_disk)
    with served_texts(tmp_path) as url, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page, file = set_up(browser, f"{url}/evaluation", tmp_path, 2)
        before = asked(file)
        ballast = fill(small_disk, 0)
        edit(page, 0, "What did I write?")
        page.get_by_role("button", name="Save").click()
        playwright.expect(page.get_by_role("alert")).to_contain_text("No space left on device")
        assert asked(file) == before
        ballast.unlink()
        page.get_by_role("button", name="Save").click()
        until(lambda: asked(file) == ["What did I write?", before[1]])
        playwright.expect(page.get_by_role("alert")).to_have_count(0)
        browser.close()
