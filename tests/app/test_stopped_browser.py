"""The stop button in a real browser: the page comes to rest, and what there is of the answer stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evals.served import BROWSER_FLAGS, served
from tests.app.stepping import with_texts
from tests.app.test_browser import ask, calm
from tests.fake_endpoint import FakeEndpoint, Reply, event, says, stays_silent, streams

playwright = pytest.importorskip("playwright.sync_api")

QUESTION = "How much is the rent in Bergen?"
_SLOWLY = streams(event("The rent of the flat in Bergen is 1120 euros. [1] "), 60.0)


@pytest.mark.slow
def test_what_is_stopped_is_told_and_what_was_to_be_replaced_stays(tmp_path: Path, chromium: str):
    replies = (_SLOWLY, says("The rent of the flat in Bergen is 1120 euros a month. [1]"), stays_silent(60))
    with opened(tmp_path, chromium, *replies) as page:
        put(page, QUESTION)
        page.get_by_text("The rent of the flat in Bergen is 1120 euros.").wait_for()
        stop(page)
        playwright.expect(page.locator(".notice")).to_contain_text(
            "It was stopped, or the page was left, before its end"
        )
        comes_to_rest(page)
        page.get_by_role("button", name="Ask again").click()
        page.locator(".answer > .text", has_text="1120 euros a month").wait_for()
        calm(page)
        page.get_by_role("button", name="Ask again").click()
        stop(page)
        playwright.expect(page.locator(".answer > .text", has_text="1120 euros a month")).to_have_count(1)
        comes_to_rest(page)
        page.reload()
        playwright.expect(page.locator(".answer > .text", has_text="1120 euros a month")).to_have_count(1)


@contextmanager
def opened(folder: Path, chromium: str, *replies: Reply) -> Iterator[playwright.Page]:
    """The page over texts, for which a model writes that replies so. It is listed, or a look whether it is well would
    take a reply from a question."""
    with (
        FakeEndpoint(*replies, models=("fake",)) as model,
        served(with_texts(folder / "home"), FOOTNOTE_CHAT_MODEL="fake", OPENAI_BASE_URL=model.url) as (address, _),
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        calm(page)
        yield page
        browser.close()


def put(page: playwright.Page, question: str) -> None:
    box = page.get_by_placeholder("Ask about your documents")
    box.fill(question)
    box.press("Enter")


def stop(page: playwright.Page) -> None:
    page.get_by_test_id("stStatusWidget").get_by_role("button", name="Stop").click()


def comes_to_rest(page: playwright.Page) -> None:
    """All of the page stands there: no spinner turns, the conversation is listed, and another question may come."""
    playwright.expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    playwright.expect(page.get_by_test_id("stSidebar").get_by_role("button", name=QUESTION, exact=True)).to_have_count(
        1
    )
    playwright.expect(page.get_by_role("button", name="Ask again")).to_have_count(1)
    playwright.expect(page).to_have_url(re.compile(r"\?c=\d+$"))


@pytest.mark.slow
def test_another_conversation_leaves_the_question_where_it_was_asked(tmp_path: Path, chromium: str):
    """And what the answer before it leads to is not drawn in it, while it waits."""
    said = says("The rent of the flat in Tromsø is 950 euros a month. [1]")
    with opened(tmp_path, chromium, said, stays_silent(60), said, said) as page:
        ask(page, "How much is the rent in Tromsø?")
        put(page, QUESTION)
        page.get_by_text("Writing the answer").wait_for()
        asked = page.get_by_test_id("stChatMessage").filter(has_text=QUESTION)
        playwright.expect(asked).to_have_count(1)
        playwright.expect(asked.get_by_role("button")).to_have_count(0)
        playwright.expect(page.get_by_role("button", name="Ask again")).to_have_count(0)
        playwright.expect(page.get_by_text("Ask next")).to_have_count(0)
        page.get_by_role("button", name="New conversation").click()
        playwright.expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
        calm(page)
        ask(page, "Who is the landlord in Tromsø?")
        listed = page.get_by_test_id("stSidebar").get_by_role("button", name=re.compile(r"^[WH].* in Tromsø\?$"))
        playwright.expect(listed).to_have_text(["Who is the landlord in Tromsø?", "How much is the rent in Tromsø?"])
        playwright.expect(page.get_by_test_id("stChatMessage")).to_have_count(2)
        listed.last.click()
        playwright.expect(page.get_by_test_id("stChatMessage")).to_have_count(4)
        playwright.expect(page.locator(".notice")).to_contain_text("before the answer began: ask again")
        page.get_by_role("button", name="Ask again").click()
        playwright.expect(page.locator(".answer > .text", has_text="950 euros a month")).to_have_count(2)


@pytest.mark.slow
def test_what_is_done_elsewhere_on_the_page_does_not_take_the_question_away(tmp_path: Path, chromium: str):
    replies = (says("The rent of the flat in Tromsø is 950 euros a month. [1]"), stays_silent(60))
    with opened(
        tmp_path, chromium, *replies, says("The rent of the flat in Bergen is 1120 euros a month. [1]")
    ) as page:
        ask(page, "How much is the rent in Tromsø?")
        put(page, QUESTION)
        page.get_by_text("Writing the answer").wait_for()
        page.get_by_test_id("stFeedbackButton").first.click()
        playwright.expect(page.locator(".answer > .text", has_text="1120 euros a month")).to_have_count(1)
        calm(page)
        playwright.expect(page.get_by_test_id("stChatMessage")).to_have_count(4)
        playwright.expect(page.locator(".notice")).to_have_count(0)
