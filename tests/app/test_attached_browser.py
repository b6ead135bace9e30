"""Files given in the chat box: taken in before the eyes of who asks, and asked about as soon as they are through."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from evals.served import BROWSER_FLAGS, served
from tests.app.stepping import with_texts
from tests.app.test_browser import ask, calm

playwright = pytest.importorskip("playwright.sync_api")

ASKED = "When does the ferry to Polruan leave?"
FERRY = {
    "name": "ferry.md",
    "mimeType": "text/markdown",
    "buffer": b"# The ferry\n\nThe ferry to Polruan leaves at ten past every hour.\n",
}
BROKEN = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 and then nothing"}
OLD = {"name": "old.md", "mimeType": "text/markdown", "buffer": b"# Old\n\nThe ferry to Polruan leaves at noon.\n"}


@pytest.mark.slow
def test_a_question_waits_for_its_files_and_is_about_them(tmp_path: Path, chromium: str):
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        page.get_by_text("Ask your own documents").wait_for()
        page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files([OLD])
        page.get_by_text("1 of 1 file ready").wait_for()
        give(page, [FERRY, FERRY, {**FERRY, "name": "copy.md"}, BROKEN], ASKED)
        answered(page)
        playwright.expect(page.locator(".answer .notice")).to_have_text(re.compile("^scan.pdf cannot be "))
        playwright.expect(page.locator(".source.cited")).to_have_count(1)
        playwright.expect(page.locator("[class*=st-key-scope-drop-]")).to_have_count(1)
        playwright.expect(page.locator(".answer", has_text="noon")).to_have_count(0)
        none_could_be_read(page)
        without_a_question(page)
        browser.close()


def give(page: playwright.Page, files: list[dict], question: str) -> None:
    calm(page)
    box = page.get_by_test_id("stChatInput")
    box.locator("input[type=file]").set_input_files(files)
    for file in files:
        box.get_by_text(str(file["name"])).first.wait_for()
    field = box.locator("textarea")
    field.fill(question)
    for _ in range(60):  # what is pressed while a file is still on its way to the server does nothing
        field.press("Enter")
        with suppress(AssertionError):
            playwright.expect(box.get_by_text(str(files[0]["name"]))).to_have_count(0, timeout=2_000)
            return


def answered(page: playwright.Page) -> None:
    """While an answer is drawn anew there may be two of it, or none."""
    playwright.expect(page.locator(".answer > .text", has_text="ten past every hour")).to_have_count(1)
    calm(page)


def none_could_be_read(page: playwright.Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    page.get_by_text("Ask your own documents").wait_for()
    give(page, [{**BROKEN, "name": "other.pdf", "buffer": b"%PDF-1.4 nor here"}], ASKED)
    page.get_by_text("None of the files could be read, so nothing was asked.").wait_for()
    page.get_by_role("button", name="Ask again").click()
    answered(page)


def without_a_question(page: playwright.Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    page.get_by_text("Ask your own documents").wait_for()
    give(page, [{**FERRY, "name": "tides.md", "buffer": b"# Tides\n\nHigh water is at four.\n"}], "")
    page.locator("[class*=st-key-scope-drop-]").get_by_text("tides.md").first.wait_for()
    page.get_by_role("button", name="New conversation").or_(page.get_by_text("Ask all documents")).first.click()
    page.locator("[class*=st-key-scope-drop-]").first.wait_for(state="detached")
    give(page, [{**FERRY, "name": "again.md"}], ASKED)
    answered(page)
    playwright.expect(page.locator("[class*=st-key-scope-drop-]")).to_contain_text("ferry.md")


@pytest.mark.slow
def test_what_waits_outlasts_the_page(tmp_path: Path, chromium: str):
    """The page is left at once; opened again, it answers."""
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        page.get_by_text("Ask your own documents").wait_for()
        give(page, [FERRY], ASKED)
        page.wait_for_url("**/?c=1")
        page.close()
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}/?c=1")
        answered(page)
        browser.close()


@pytest.mark.slow
def test_a_question_that_waits_is_in_view(tmp_path: Path, chromium: str):
    with (
        served(with_texts(tmp_path / "home"), FOOTNOTE_WORKERS="0") as (address, _),
        playwright.sync_playwright() as started,
    ):
        page = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS).new_page()
        page.set_viewport_size({"width": 1280, "height": 600})
        page.goto(address)
        for city in ("Bergen", "Oslo", "Tromsø"):
            ask(page, f"How much is the rent in {city}?")
        page.mouse.move(600, 300)
        page.mouse.wheel(0, -5_000)
        give(page, [{**FERRY, "name": f"{n}.md", "buffer": b"Ferry %d." % n} for n in range(14)], ASKED)
        page.get_by_text("Added to the collection").wait_for()
        playwright.expect(page.get_by_test_id("stChatMessage").filter(has_text=ASKED)).to_be_in_viewport()
