"""The documents page in a real browser: addresses are no links, and rows stay even on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.served import served
from indexes.job_records import Ending, NewJob
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from tests.app.test_browser import SHOTS, ask

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

PAGE = "https://www.evil.example/a/very/long/way/to/opening-hours/index.html?year=2024&month=11"
LONG = "was stopped: page 42 took longer than 60 s, which is the limit for one page: see http://evil.example/help. " * 2
NOTE = "# See https://evil.example/x, www.evil.example or me@evil.example\n\nThe harbour opens at six.\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over one document and two failures, without a worker; no test changes what it has."""
    folder = tmp_path_factory.mktemp("rows")
    library = Library(Settings(home=folder / "home"))
    (folder / "a.md").write_text(NOTE)
    outcomes = list(Pipeline(library, "default").add([File(folder / "a.md", "http://evil.example/folder/a.md")]))
    assert [outcome.state for outcome in outcomes] == ["ready"]
    reasons = {PAGE: f"{PAGE} leads to 'https://other.example/b', which is not found.", "/a/b/scan.pdf": LONG}
    for source, reason in reasons.items():
        library.jobs.add("batch", "default", [NewJob(source, source)])
        job = library.jobs.claim("worker", lambda _owner: True)
        assert job is not None
        library.jobs.finish(job.id, "worker", Ending("failed", reason, step="parsing"))
    library.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_WORKERS", "0")
        with served(folder / "home") as (url, _):
            yield url


@pytest.fixture
def page(browser: playwright.Browser, address: str) -> Iterator[playwright.Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 1200})
    opened.goto(f"{address}/documents")
    opened.locator(".job").nth(1).wait_for()
    yield opened
    opened.close()


def test_addresses_are_no_links(page: playwright.Page):
    assert page.locator(".stMain a").count() == 0
    said = page.locator(".job", has_text="index.html").inner_text()
    assert said.count("evil.example") == 1
    assert page.locator(".job", has_text="index.html").get_attribute("title") == PAGE
    table = page.get_by_test_id("stDataFrame").bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + 18, table["y"] + 53)  # the first row's mark: the table is drawn on a canvas
    page.get_by_text("Passage 1").wait_for()
    page.get_by_role("button", name="Remove this document").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").wait_for()
    assert page.locator("a[href*='evil']").count() == 0


def test_what_can_be_done_with_marks_stands_beside_their_number_and_nothing_jumps(page: playwright.Page):
    page.set_viewport_size({"width": 1280, "height": 800})
    table = page.get_by_test_id("stDataFrame")
    before = table.bounding_box()
    assert before is not None
    click(page, 18, 53)
    page.get_by_text("Passage 1").wait_for()
    count = page.get_by_text("1 document, 1 marked").bounding_box()
    assert count is not None
    for name in ("Ask about this document", "Remove this document", "Move", "Read again"):
        button = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert button is not None
        assert abs(button["y"] + button["height"] / 2 - count["y"] - count["height"] / 2) <= 4
        assert button["x"] >= count["x"] + count["width"]
    assert table.bounding_box() == before
    table.hover()
    tools = page.get_by_test_id("stElementToolbar").last
    tools.wait_for()
    assert tools.bounding_box()["y"] >= before["y"] + before["height"], "they would cover what stands above the table"


def test_the_head_stays_calm_while_files_come_up(page: playwright.Page, tmp_path: Path):
    page.route("**/_stcore/upload_file/**", lambda _route: None)  # they are never through
    title, table = page.get_by_role("heading", name="Documents"), page.get_by_test_id("stDataFrame")
    before = [one.bounding_box()["y"] for one in (title, table)]
    files = [tmp_path / f"{n}.md" for n in range(40)]
    for file in files:
        file.write_text("The lamp is lit at dusk.")
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(files)
    page.get_by_test_id("stFileChip").first.wait_for(state="attached")
    assert not page.get_by_test_id("stFileChips").is_visible()
    zone = "getComputedStyle(document.querySelector('[data-testid=stFileUploaderDropzone]'), '::after').content"
    assert page.evaluate(zone) == '"Uploading…"'
    assert [one.bounding_box()["y"] for one in (title, table)] == before


def test_the_table_follows_what_comes_in_and_keeps_its_marks(
    browser: playwright.Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    library = Library(Settings(home=tmp_path / "home"))
    library.jobs.add("batch", "default", [NewJob("later.md", "/nowhere/later.md")])
    monkeypatch.setenv("FOOTNOTE_WORKERS", "0")

    def come(name: str) -> None:
        (tmp_path / name).write_text(f"# About {name}\n\nThe harbour of {name} opens at six.\n")
        list(Pipeline(library, "default").add([File(tmp_path / name, name)]))

    with served(tmp_path / "home") as (url, _):
        page = browser.new_page(viewport={"width": 1280, "height": 1200})
        page.goto(f"{url}/documents")
        page.get_by_text("0 of 1 file ready").wait_for()
        assert page.get_by_text("No documents yet").count() == 0
        come("first.md")
        page.locator("td", has_text="About first.md").wait_for(state="attached", timeout=60_000)
        table = page.get_by_test_id("stDataFrame").bounding_box()
        assert table is not None
        page.mouse.click(table["x"] + 18, table["y"] + 53)
        page.get_by_role("heading", name="About first.md").wait_for()
        for name in ("second.md", "third.md"):  # so that the page has been drawn anew, more than once
            come(name)
            page.locator("td", has_text=f"About {name}").wait_for(state="attached", timeout=60_000)
        assert page.get_by_role("heading", name="About first.md").is_visible()
        assert page.get_by_role("button", name="Remove this document").is_visible()
        page.get_by_role("button", name="Remove this document").click()
        page.wait_for_timeout(3000)
        page.get_by_role("button", name="Remove", exact=True).click()
        page.locator("td", has_text="About first.md").wait_for(state="detached", timeout=60_000)
        assert [record.source for record in library.catalogue.documents()] == ["second.md", "third.md"]
        page.close()


def test_a_question_and_an_order_outlast_the_last_file(
    browser: playwright.Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    library = Library(Settings(home=tmp_path / "home"))
    (job,) = library.jobs.add("batch", "default", [NewJob("later.md", "/nowhere/later.md")])
    monkeypatch.setenv("FOOTNOTE_WORKERS", "0")

    def come(*names: str) -> None:
        for name in names:
            (tmp_path / name).write_text(f"# About {name}\n\nThe harbour of {name} opens at six.\n")
        list(Pipeline(library, "default").add([File(tmp_path / name, name) for name in names]))

    come("b.md", "c.md")
    with served(tmp_path / "home") as (url, _):
        page = browser.new_page(viewport={"width": 1280, "height": 1200})
        page.goto(f"{url}/documents")
        page.locator("td", has_text="About c.md").wait_for(state="attached", timeout=60_000)
        assert files(page) == ["c.md", "b.md"]
        click(page, 80, 18)  # the head of the column of names
        assert_files(page, "b.md", "c.md")
        come("a.md", "d.md")
        assert_files(page, "a.md", "b.md", "c.md", "d.md")
        click(page, 18, 123)  # the mark of c.md, which is the third
        page.get_by_role("heading", name="About c.md").wait_for()
        come("aa.md")
        assert_files(page, "a.md", "aa.md", "b.md", "c.md", "d.md")
        marked = page.get_by_test_id("stDataFrame").locator("tbody tr[aria-selected=true]")
        playwright.expect(marked).to_have_count(1)
        playwright.expect(marked).to_contain_text("c.md")  # though another row is the third by now
        page.get_by_role("button", name="Remove this document").click()
        page.get_by_role("dialog").wait_for()
        library.jobs.cancel([job])
        page.get_by_role("button", name="Clear list").wait_for(state="attached")
        page.wait_for_timeout(2000)
        playwright.expect(page.get_by_role("dialog")).to_contain_text("c.md")
        page.get_by_role("button", name="Remove", exact=True).click()
        assert_files(page, "aa.md", "d.md", "a.md", "b.md")  # rows have moved: the table is another one
        assert page.get_by_role("dialog").count() == 0
        assert "c.md" not in {record.source for record in library.catalogue.documents()}
        click(page, 18, 53)
        page.get_by_role("heading", name="About aa.md").wait_for()
        page.get_by_role("button", name="Remove this document").click()
        page.get_by_role("dialog").get_by_text("aa.md").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        page.get_by_role("button", name="Clear list").click()
        page.get_by_role("button", name="Clear list").wait_for(state="detached")
        assert page.get_by_role("dialog").count() == 0
        page.close()


def test_an_opened_source_outlasts_the_last_file(
    browser: playwright.Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    library = Library(Settings(home=tmp_path / "home"))
    (tmp_path / "harbour.md").write_text("# Harbour rules\n\nThe harbour of Fowey opens at six in the morning.\n")
    list(Pipeline(library, "default").add([File(tmp_path / "harbour.md", "harbour.md")]))
    (job,) = library.jobs.add("batch", "default", [NewJob("later.md", "/nowhere/later.md")])
    monkeypatch.setenv("FOOTNOTE_WORKERS", "0")
    with served(tmp_path / "home") as (url, _):
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(120_000)
        page.goto(url)
        page.get_by_text("0 of 1 file ready").wait_for()
        ask(page, "When does the harbour of Fowey open?")
        page.locator(".chip").first.click()
        page.locator("mark.quote").wait_for()
        library.jobs.cancel([job])
        page.get_by_text("0 of 1 file ready").wait_for(state="detached")
        page.wait_for_timeout(2000)
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / "source-outlasts.png")
        playwright.expect(page.get_by_role("dialog")).to_contain_text("Harbour rules")
        assert "opens at six" in page.locator("mark.quote").inner_text()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        ask(page, "When does the harbour close?")
        page.wait_for_timeout(1000)
        assert page.get_by_role("dialog").count() == 0, "it comes back by itself"
        page.close()


def click(page: playwright.Page, right: int, down: int) -> None:
    """On the table, which is drawn on a canvas."""
    table = page.get_by_test_id("stDataFrame").bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + right, table["y"] + down)


def files(page: playwright.Page) -> list[str]:
    """The names in the table, in the order in which a person sees them."""
    cells = page.get_by_test_id("stDataFrame").locator("tbody tr td:nth-child(1)")
    return [text for text in cells.all_text_contents() if text]


def assert_files(page: playwright.Page, *names: str) -> None:
    cells = page.get_by_test_id("stDataFrame").locator("tbody tr td:nth-child(1)")
    playwright.expect(cells).to_have_text(list(names))


def test_rows_are_even(page: playwright.Page):
    for width, is_beside in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 1200})
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for name in ("scan.pdf", "index.html"):
            row = page.locator("[class*='st-key-job-of-']", has_text=name)
            text, button = row.locator(".job").bounding_box(), row.get_by_role("button", name="Retry").bounding_box()
            assert text is not None
            assert button is not None
            is_after = button["x"] >= text["x"] + text["width"]
            is_below = button["y"] >= text["y"] + text["height"]
            assert (is_after, is_below) == (is_beside, not is_beside)
            assert text["width"] >= 0.75 * width or is_beside
