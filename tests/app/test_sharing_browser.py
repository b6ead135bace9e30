"""Two people in two browsers: what one of them has is found by the other once it is shared, and not before or after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.served import served
from indexes.passwords import hashed
from indexes.users import UserFile
from rag.rights import Role
from tests.app.rights_home import PEOPLE, WORDS, fill
from tests.app.test_browser import FLAGS, ask

playwright = pytest.importorskip("playwright.sync_api")

PASSWORD = "long enough"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    home, password = fill(tmp_path), hashed(PASSWORD)
    for person in sorted(PEOPLE, key=lambda one: one.role is not Role.ADMIN):
        UserFile(home).add(person.name, person.role, password)
    with served(home, FOOTNOTE_SIGN_IN="file", FOOTNOTE_RERANKER="none") as (url, _):
        yield url


def signed_in(browser: playwright.Browser, address: str, name: str) -> playwright.Page:
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.goto(address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").click()
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    return page


def found_by(page: playwright.Page, address: str) -> str:
    """The list of collections that somebody is shown."""
    page.goto(f"{address}/documents")
    listed = page.locator(".st-key-collections")
    listed.get_by_text("Collections", exact=True).click()
    listed.get_by_text("town", exact=True).wait_for(timeout=60_000)
    return str(listed.inner_text())


@pytest.mark.slow
def test_a_collection_is_shared_and_taken_back(address: str, chromium: str):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        anna, carl = (signed_in(browser, address, name) for name in ("anna", "carl"))
        question = f"When does the harbour of {WORDS['diary']} open?"
        ask(carl, question)
        said = carl.get_by_text(f"as {WORDS['diary']} says")
        assert said.count() == 0
        assert "diary" not in found_by(carl, address)

        assert "yours, private" in found_by(anna, address)
        anna.get_by_role("button", name="Share").first.click()
        dialog = anna.get_by_role("dialog")
        dialog.get_by_text("diary is yours").wait_for()
        dialog.get_by_role("radio", name="Shared").click()
        dialog.get_by_text("the people below").wait_for()
        dialog.get_by_label("Share with").click()
        anna.get_by_role("option", name="carl").click()
        unshare = dialog.get_by_role("button", name="Remove")
        unshare.wait_for()

        assert "diary" in found_by(carl, address)
        carl.goto(address)
        ask(carl, question)
        said.first.wait_for(state="attached", timeout=60_000)

        unshare.click()
        unshare.wait_for(state="detached")
        assert "diary" not in found_by(carl, address)
        browser.close()
