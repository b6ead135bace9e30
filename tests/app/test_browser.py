"""One walk through the real page in a real browser: upload, ask, open the source, see the quote marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from evals.pictures.barriers import barriers
from evals.served import BROWSER_FLAGS, served

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
FLAGS = BROWSER_FLAGS
HARBOUR = """# Harbour rules

## Opening hours

The harbour of Fowey opens at six in the morning. Boats leave with the tide.

## <img src=x onerror=alert(1)> Lights

The lighthouse shows two white flashes every ten seconds. <script>document.title = "owned"</script>
![beacon](https://evil.example/beacon.png) is what an attacker would write, and [this](https://evil.example) too.
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server of its own, started as `make run` starts it."""
    with served(tmp_path / "home") as (url, _):
        yield url


@pytest.mark.slow
def test_upload_ask_and_open_the_source(address: str, browser: playwright.Browser):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    requested: set[str | None] = set()
    errors: list[str] = []
    page.on("request", lambda request: requested.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    upload(page)
    ask(page, "When does the harbour of Fowey open?")
    page.screenshot(path=SHOTS / "answer.png")
    open_to_all(page)
    page.locator(".chip").first.click()
    assert "opens at six in the morning" in page.locator("mark.quote").inner_text()
    page.wait_for_timeout(500)
    page.screenshot(path=SHOTS / "source.png")
    open_to_all(page)
    page.keyboard.press("Escape")
    page.locator("mark.quote").wait_for(state="detached")
    playwright.expect(page.locator(".chip").first).to_be_focused()
    hostile_text_stays_text(page)
    phone(page)
    refused(page)
    documents(page, address)
    assert page.title() != "owned"
    assert requested <= {"127.0.0.1", "", None}, "something was asked of another host"
    assert not errors


def upload(page: playwright.Page) -> None:
    page.get_by_text("Ask your own documents").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=SHOTS / "first-page.png")
    file = {"name": "../harbour <b>rules</b>.md", "mimeType": "text/markdown", "buffer": HARBOUR.encode()}
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files([file])
    page.get_by_text("1 of 1 file ready").wait_for(timeout=60_000)


def upload_all(page: playwright.Page, texts: Mapping[str, str]) -> None:
    """Markdown files by their names, all of them at once."""
    page.get_by_text("Ask your own documents").wait_for()
    files = [{"name": name, "mimeType": "text/markdown", "buffer": text.encode()} for name, text in texts.items()]
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(files)
    page.get_by_text(f"{len(files)} of {len(files)} files ready").wait_for(timeout=60_000)


CALM = """() => {
    const isRunning = document.querySelector("[data-testid=stApp]").dataset.testScriptState !== "notRunning";
    const isCalm = !isRunning && !document.querySelector("[data-stale=true]");
    window.calm = isCalm ? window.calm ?? performance.now() : null;
    return isCalm && performance.now() - window.calm > 400;
}"""
"""Nothing runs, and nothing of a former run is left."""


def calm(page: playwright.Page) -> None:
    """A page that runs anew after it draws its answers once more, and its box forgets the files that it was given."""
    page.evaluate("window.calm = null")
    page.wait_for_function(CALM)


def ask(page: playwright.Page, question: str) -> None:
    box = page.get_by_placeholder("Ask about your documents")
    box.fill(question)
    box.press("Enter")
    page.locator(".flow").last.wait_for()
    asked = page.get_by_test_id("stChatMessage").get_by_text(question, exact=True)
    playwright.expect(asked).to_be_visible()
    playwright.expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    playwright.expect(box).to_be_focused()  # Streamlit puts the cursor back once its run has ended
    calm(page)


def open_to_all(page: playwright.Page) -> None:
    """axe-core finds nothing serious on the page as it is."""
    assert [barrier for barrier in barriers(page) if barrier.is_heavy] == []


def hostile_text_stays_text(page: playwright.Page) -> None:
    ask(page, "What does the lighthouse show every ten seconds?")
    playwright.expect(page.locator(".answer")).to_have_count(2)
    page.locator(".chip").last.click()
    shown = page.locator(".document")
    playwright.expect(shown).to_contain_text("<script>document.title")
    assert page.locator(".document img, .document script, .document a").count() == 0
    page.keyboard.press("Escape")
    shown.wait_for(state="detached")


def phone(page: playwright.Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=SHOTS / "phone.png")
    page.locator(".chip").last.click()
    page.locator("mark.quote").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=SHOTS / "phone-source.png")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 860})


def refused(page: playwright.Page) -> None:
    ask(page, "What is the capital of Australia?")
    playwright.expect(page.get_by_text("Not found in your documents.")).to_be_visible()
    page.screenshot(path=SHOTS / "refusal.png")


def documents(page: playwright.Page, address: str) -> None:
    page.goto(f"{address}/documents")
    page.get_by_test_id("stDataFrame").wait_for()
    table = page.get_by_test_id("stDataFrame").bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + 18, table["y"] + 53)  # the first row's mark: the table is drawn on a canvas
    page.get_by_text("Passage 1").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=SHOTS / "documents.png")
    open_to_all(page)
    page.get_by_role("button", name="Remove this document").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("No documents yet").wait_for()
