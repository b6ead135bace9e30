"""A person's conversations in a real browser: kept, opened again, found, named, saved and removed."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.served import served
from tests.app.stepping import served_texts
from tests.app.test_browser import FLAGS, SHOTS, ask, upload
from tests.fake_endpoint import FakeEndpoint, stays_silent
from tests.ingest.working import until

playwright = pytest.importorskip("playwright.sync_api")

OPENS = "When does the harbour of Fowey open?"
QUESTION = "How many flowers does a bee visit?"
SHOWS = "What does the lighthouse show every ten seconds?"


@pytest.mark.slow
def test_conversations_outlast_the_page(tmp_path: Path, chromium: str):
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(address)
        upload(page)
        ask(page, OPENS)
        page.wait_for_url("**/?c=1")
        page.get_by_role("button", name="New conversation").click()
        page.get_by_text("Ask your own documents").wait_for()
        ask(page, SHOWS)
        page.wait_for_url("**/?c=2")
        page.get_by_role("link", name="Documents").click()
        page.wait_for_url("**/documents")
        page.get_by_role("link", name="Ask").click()
        page.wait_for_url("**/?c=2")
        page.reload()
        page.get_by_text("two white flashes").first.wait_for()
        rows = page.locator("[class*='st-key-open-'] button")
        playwright.expect(rows).to_have_text([SHOWS, OPENS])
        copied(page)
        open_it(page, OPENS)
        page.locator(".chip").first.click()
        assert "opens at six in the morning" in page.locator("mark.quote").inner_text(), "its sources open as before"
        page.keyboard.press("Escape")
        ask(page, "And what do the boats leave with?")
        playwright.expect(page.locator(".answer")).to_have_count(2)
        playwright.expect(rows).to_have_text([OPENS, SHOWS])
        asked_in_other_words(page)
        named_found_and_saved(page)
        removed_and_put_back(page)
        two_tabs_lose_nothing(browser, address)
        other_people_see_none(browser, address)
        browser.close()


def copied(page: playwright.Page) -> None:
    page.get_by_role("button", name="Copy with sources").click()
    page.get_by_text("Copied", exact=True).wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "two white flashes every ten seconds. [^1]" in text
    assert "\n[^1]: Harbour rules, " in text


def asked_in_other_words(page: playwright.Page) -> None:
    """The last question alone; its answer is another one, also where the page is loaded anew."""
    playwright.expect(page.get_by_role("button", name="Edit question")).to_have_count(1)
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_timeout(500)
    playwright.expect(page.locator(".answer")).to_have_count(2)
    page.get_by_role("button", name="Edit question").click()
    page.get_by_label("Question", exact=True).fill("And when do the boats leave?")
    page.get_by_role("button", name="Ask", exact=True).click()
    asked = page.get_by_test_id("stChatMessage").get_by_text("And when do the boats leave?")
    asked.wait_for()
    playwright.expect(page.locator(".answer")).to_have_count(2)
    playwright.expect(page.get_by_text("And what do the boats leave with?")).to_have_count(0)
    page.wait_for_timeout(500)
    page.reload()
    asked.wait_for()
    playwright.expect(page.locator(".answer")).to_have_count(2)
    playwright.expect(page.get_by_text("And what do the boats leave with?")).to_have_count(0)


def open_it(page: playwright.Page, name: str) -> None:
    page.locator("[class*='st-key-open-']").get_by_text(name).click()
    playwright.expect(page.locator("[data-testid=stChatMessage]").get_by_text(name).first).to_be_visible()


def menu_of(page: playwright.Page, number: int) -> None:
    page.locator(f".st-key-menu-{number} button").click()
    page.get_by_label("Name", exact=True).wait_for()


def named_found_and_saved(page: playwright.Page) -> None:
    menu_of(page, 1)
    page.get_by_label("Name", exact=True).fill("Tides & <b>boats</b>")
    page.keyboard.press("Enter")
    rows = page.locator("[class*='st-key-open-'] button")
    playwright.expect(rows).to_have_text(["Tides & <b>boats</b>", SHOWS])
    menu_of(page, 1)  # a menu that was used is closed, and called by the new name
    with page.expect_download() as saved:
        page.get_by_text("Save as JSON").click()
    kept = json.loads(saved.value.path().read_text("utf-8"))
    assert [turn["question"] for turn in kept["turns"]] == [OPENS, "And when do the boats leave?"]
    first, last, exported = (datetime.fromisoformat(at) for at in (*_asked_at(kept), kept["exported_at"]))
    assert first < last < exported <= datetime.now(UTC)
    with page.expect_download() as saved:
        page.get_by_text("Save as Markdown").click()
    text = saved.value.path().read_text("utf-8")
    assert "opens at six in the morning. [^1]" in text
    assert "\n[^1]: " in text
    assert f"## {OPENS}\n\nAsked on {first:%-d %b %Y, %H:%M} UTC\n" in text
    page.screenshot(path=SHOTS / "conversations.png")
    page.keyboard.press("Escape")
    page.get_by_placeholder("Search conversations").fill("white FLASHES")
    page.keyboard.press("Enter")
    playwright.expect(rows).to_have_text([SHOWS])
    page.get_by_placeholder("Search conversations").fill("no such word")
    page.keyboard.press("Enter")
    page.get_by_text("No conversation has these words.").wait_for()
    page.get_by_placeholder("Search conversations").fill("")
    page.keyboard.press("Enter")
    playwright.expect(rows).to_have_count(2)


def _asked_at(kept: dict[str, list[dict[str, str]]]) -> list[str]:
    return [turn["asked_at"] for turn in kept["turns"]]


def removed_and_put_back(page: playwright.Page) -> None:
    rows = page.locator("[class*='st-key-open-'] button")
    menu_of(page, 1)
    page.get_by_role("button", name="Remove").click()
    playwright.expect(rows).to_have_text([SHOWS])
    page.get_by_text("Ask your own documents").wait_for()
    page.get_by_role("button", name="Undo").click()
    playwright.expect(rows).to_have_count(2)
    playwright.expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def other_people_see_none(browser: playwright.Browser, address: str) -> None:
    """Through a proxy anybody may come."""
    page = browser.new_context(extra_http_headers={"X-Forwarded-For": "203.0.113.7"}).new_page()
    page.goto(f"{address}/?c=2")
    page.get_by_text("Ask your own documents").wait_for()
    page.wait_for_timeout(500)
    assert page.get_by_placeholder("Search conversations").count() == 0


def two_tabs_lose_nothing(browser: playwright.Browser, address: str) -> None:
    """What one says in a conversation that the other has gone on with becomes a conversation of its own."""
    context = browser.new_context()
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        page.goto(f"{address}/?c=2")
        page.get_by_text("two white flashes").first.wait_for()
    ask(one, "When do boats leave?")
    one.wait_for_timeout(500)
    ask(other, OPENS)
    other.get_by_text("was changed elsewhere meanwhile").wait_for()
    other.wait_for_url(lambda url: "?c=2" not in url)
    for page, said in ((one, "When do boats leave?"), (other, OPENS)):
        page.reload()
        page.get_by_test_id("stChatMessage").get_by_text(said, exact=True).wait_for()
        playwright.expect(page.locator(".answer")).to_have_count(2)
    context.close()


@pytest.mark.slow
def test_a_question_is_not_lost_when_the_page_is_left_before_its_answer(tmp_path: Path, chromium: str):
    with (
        FakeEndpoint(stays_silent(50)) as model,
        served_texts(tmp_path, FOOTNOTE_CHAT_MODEL="fake", OPENAI_BASE_URL=model.url) as address,
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        box = page.get_by_placeholder("Ask about your documents")
        box.fill(QUESTION)
        box.press("Enter")
        until(lambda: model.requests, 60)
        page.reload()
        row, end = page.locator("[class*='st-key-open-'] button"), time.monotonic() + 60
        box.wait_for()
        while not row.count() and time.monotonic() < end:  # the page that was left notices it a moment later
            page.wait_for_timeout(500)
            page.reload()
            box.wait_for()
            page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        playwright.expect(row).to_have_text(QUESTION)
        row.click()
        page.get_by_text("before the answer began: ask again").wait_for(timeout=60_000)
        browser.close()
