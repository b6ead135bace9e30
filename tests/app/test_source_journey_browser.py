"""A kept answer in a real browser: its chips and stages, its source enlarged, copied and saved; then it is pinned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kept_turns import as_json
from app.wiring import Workspace
from evals.served import served
from indexes.conversations import TurnRecord
from ingest.files import File
from ingest.pipeline import Pipeline
from rag.rights import LOCAL
from rag.settings import Settings
from rag.types import Answer, Citation, Sentence, Stage, Trace, Turn
from tests.app.test_browser import SHOTS
from tests.app.test_keyboard_browser import tab_to

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

NUTS = Path(__file__).parents[2] / "samples" / "documents" / "self-locking-nuts.pdf"
QUOTE = "The nut can be removed and reused without impairing its efficiency."
ASKED, LATER = "Can the nut be used twice?", "And the bolt?"
TRACE = Trace((Stage("dense", 20.5, 200), Stage("keyword", 5, 90), Stage("fuse", 1, 230), Stage("select", 2, 8)))


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """With two conversations, the older of which has an answer with a source."""
    path, home = tmp_path / NUTS.name, tmp_path / "home"
    path.write_bytes(NUTS.read_bytes())
    workspace = Workspace(Settings(home=home, reranker="none"))
    assert [one.state for one in Pipeline(workspace.library, "default").add([File(path, str(path))])] == ["ready"]
    catalogue = workspace.library.catalogue
    chunk = next(one for one in catalogue.chunks_of(1) if QUOTE in " ".join(one.text.split()))
    at = chunk.start + chunk.text.index("The nut can be removed")
    cited = Citation(1, chunk, at, chunk.start + chunk.text.index("efficiency.", at - chunk.start) + len("efficiency."))
    for question in (ASKED, LATER):
        answer = Answer(question, QUOTE, (Sentence(QUOTE, (1,)),), (cited,), (), TRACE)
        number = catalogue.conversations.begin(LOCAL, question)
        record = TurnRecord(question, QUOTE, as_json(Turn(question, answer)))
        catalogue.conversations.keep(LOCAL, number, 0, record, known=None)
    workspace.close()
    with served(home) as (url, _):
        yield url


def test_what_can_be_done_with_a_source(address: str, browser: playwright.Browser):
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/?c=1")
    the_quote_is_a_tip(page)
    the_stages_can_be_opened(page)
    page.locator(".chip").click()
    a_page_is_enlarged(page)
    a_quote_is_copied(page)
    with page.expect_download() as saved:
        page.get_by_role("dialog").get_by_role("button", name="Original").press("Enter")
    assert saved.value.suggested_filename == NUTS.name
    assert saved.value.path().read_bytes() == NUTS.read_bytes()
    playwright.expect(page.get_by_role("dialog").get_by_role("button", name="Original")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    one_is_pinned(page)


def the_quote_is_a_tip(page: playwright.Page) -> None:
    chip, tip = page.locator(".chip"), page.locator(".chip-holder .tip")
    playwright.expect(tip).to_be_hidden()
    chip.hover()
    playwright.expect(tip).to_be_visible()
    playwright.expect(tip.locator(".quote")).to_have_text(QUOTE)
    page.mouse.move(0, 0)
    playwright.expect(tip).to_be_hidden()
    page.get_by_placeholder("Ask about your documents").focus()
    tab_to(page, "Source 1:", keys="Shift+Tab")
    playwright.expect(tip).to_be_visible()


def the_stages_can_be_opened(page: playwright.Page) -> None:
    rows = page.locator(".flow tr")
    playwright.expect(rows.first).to_be_hidden()
    page.locator(".flow summary").click()
    playwright.expect(rows.first).to_be_visible()
    assert [row.split() for row in rows.all_inner_texts()] == [
        ["step", "kept", "time"],
        ["dense", "200", "20.5", "ms"],
        ["keyword", "90", "5", "ms"],
        ["fuse", "230", "1", "ms"],
        ["select", "8", "2", "ms"],
    ]


_WIDER = """([before, by]) => {
    const picture = document.querySelector("[role=dialog] .page img");
    return picture?.complete && Math.abs(picture.clientWidth - by * before) < 30 && picture.naturalWidth >= 2000;
}"""


def a_page_is_enlarged(page: playwright.Page) -> None:
    picture = page.locator("[role=dialog] .page img")
    picture.wait_for()
    page.wait_for_function("document.querySelector('[role=dialog] .page img').naturalWidth >= 1000")
    before = picture.evaluate("it => it.clientWidth")
    page.screenshot(path=SHOTS / "source-page.png")
    for by in (1.5, 2):
        page.locator(".st-key-source-larger button").click()
        page.wait_for_function(_WIDER, arg=[before, by])
    assert page.locator("[role=dialog] .page").evaluate("it => it.scrollWidth > 1.8 * it.clientWidth")


def a_quote_is_copied(page: playwright.Page) -> None:
    for name, start, end in (
        ("Copy quote", f"“{QUOTE}” (", f"{NUTS.name})"),
        ("Markdown", f"> {QUOTE}\n>\n> — ", f"{NUTS.name}\n"),
        ("BibTeX", "@misc{", f"  note = {{``{QUOTE}''}}\n}}\n"),
    ):
        page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
        page.wait_for_function("async (it) => (await navigator.clipboard.readText()).startsWith(it)", arg=start)
        assert page.evaluate("navigator.clipboard.readText()").endswith(end), name


def one_is_pinned(page: playwright.Page) -> None:
    rows = page.locator("[class*='st-key-open-'] button")
    playwright.expect(rows).to_have_text([LATER, ASKED])
    page.locator(".st-key-menu-1 button").click()
    page.locator(".st-key-pin-1 button").click()
    pinned = [re.compile(f"{re.escape(ASKED)}$"), LATER]
    playwright.expect(rows).to_have_text(pinned)
    page.reload()
    playwright.expect(rows).to_have_text(pinned)
