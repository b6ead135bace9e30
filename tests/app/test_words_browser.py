"""A German browser in front of the real page: the page says so at its root, and speaks German in its style, too."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.kept_turns import as_json
from indexes.conversations import TurnRecord
from indexes.library import Library
from rag.rights import LOCAL
from rag.settings import Settings
from rag.types import Answer, Trace, Turn
from tests.app.test_browser import FLAGS, served
from tests.app.test_pdf_export import text

playwright = pytest.importorskip("playwright.sync_api")

HINT = "[data-testid=stFileUploaderDropzoneInstructions]"


@pytest.mark.slow
def test_the_root_and_the_style_speak_the_language_of_the_browser(tmp_path: Path, chromium: str):
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        for locale, language, title, hint in (
            ("de-AT", "de", "Dokumente", "oder Dateien hierher ziehen"),
            ("en-GB", "en", "Documents", "or drop files here"),
        ):
            page = browser.new_context(locale=locale).new_page()
            page.goto(f"{address}/documents")
            page.get_by_role("heading", name=title, exact=True).wait_for(timeout=60_000)
            playwright.expect(page.locator("html")).to_have_attribute("lang", language)
            zone = page.locator(HINT)
            zone.wait_for()
            assert hint in zone.evaluate("zone => getComputedStyle(zone, '::after').content")
            page.get_by_role("link", name={"de": "Labor", "en": "Lab"}[language], exact=True).click()
            page.locator(".st-key-lab-head").wait_for(timeout=60_000)
            playwright.expect(page.locator("html")).to_have_attribute("lang", language)
        browser.close()


@pytest.mark.slow
def test_a_pdf_tells_days_as_its_reader_writes_them_and_the_page_times_by_their_clock(tmp_path: Path, chromium: str):
    home, question = tmp_path / "home", "Wann öffnet der Hafen?"
    library = Library(Settings(home=home))
    number = library.catalogue.conversations.begin(LOCAL, question)
    turn = as_json(Turn(question, Answer(question, "Um sechs.", (), (), (), Trace())))
    kept = TurnRecord(question, "Um sechs.", turn, asked_at=1_795_927_267.5)
    library.catalogue.conversations.keep(LOCAL, number, 0, kept)
    library.close()
    with served(home) as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(locale="de-AT", timezone_id="Asia/Kolkata").new_page()
        page.goto(address)
        page.locator(f".st-key-menu-{number} button").click()
        with page.expect_download() as saved:
            page.get_by_text("Als PDF speichern").click()
        said = text(saved.value.path().read_bytes())
        page.goto(f"{address}/admin")
        as_of = page.get_by_text(re.compile(r"^Stand: ")).inner_text()
        browser.close()
    told = datetime.strptime(as_of, "Stand: %d.%m.%Y, %H:%M:%S.").replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    assert abs(told.timestamp() - time.time()) < 600, "the clock of the browser"
    assert f"{question} Gefragt am 29.11.2026, 04:41 UTC Um sechs." in said
    assert f"{question} Exportiert am " in said
