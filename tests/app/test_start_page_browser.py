"""The start page on a phone: seen from its beginning, also where there is more than fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.served import served
from indexes.library import Library
from rag.settings import Settings
from tests.app.test_browser import ask
from tests.fake_endpoint import FakeEndpoint, says
from tests.ingest.working import take_in

playwright = pytest.importorskip("playwright.sync_api")

SMALL = {"width": 390, "height": 560}
_TOP = "document.querySelector('[data-testid=stAppScrollToBottomContainer]').scrollTop"
_OVERFLOWS = "(() => { const page = document.querySelector('[data-testid=stAppScrollToBottomContainer]');"
_OVERFLOWS += " return page.scrollHeight > page.clientHeight + 20; })()"


@pytest.mark.slow
def test_it_is_seen_from_its_beginning_until_its_reader_scrolls(tmp_path: Path, browser: playwright.Browser):
    library = Library(Settings(home=tmp_path))
    for name in ("ferry", "harbour"):
        text = f"# The {name}\n\nThe {name} of Polruan opens at six. The {name} of Fowey is red.".encode()
        take_in(library, (f"{name}.md", text), collection=name)
    library.close()
    with served(tmp_path) as (address, _):
        page = browser.new_page(viewport=SMALL)
        page.goto(address)
        page.get_by_role("button", name="Dismiss").wait_for(state="attached")
        page.wait_for_function(_OVERFLOWS)
        chooser = page.get_by_placeholder("All collections")
        page.wait_for_function(f"{_TOP} === 0")
        assert chooser.evaluate("field => field.scrollWidth <= field.clientWidth"), "its words are not cut off"
        playwright.expect(page.get_by_role("button", name="Filter documents")).to_be_in_viewport()
        page.mouse.move(200, 300)
        page.mouse.wheel(0, 40)
        page.wait_for_function(f"{_TOP} > 0")
        page.wait_for_timeout(500)
        assert page.evaluate(_TOP) > 0, "where a reader has scrolled it stays"
        page.close()


@pytest.mark.slow
def test_the_head_of_a_conversation_is_one_row_on_a_phone(tmp_path: Path, browser: playwright.Browser):
    library = Library(Settings(home=tmp_path))
    for name in ("ferry", "harbour"):
        take_in(library, (f"{name}.md", f"# The {name}\n\nThe {name} opens at six.".encode()), collection=name)
    library.close()
    with (
        FakeEndpoint(says("The ferry opens at six. [1]")) as model,
        served(tmp_path, FOOTNOTE_CHAT_MODEL="fake", OPENAI_BASE_URL=model.url) as (address, _),
    ):
        for language, names in (
            ("en", ("Filter documents", "Writing", "New conversation")),
            ("de", ("Dokumente filtern", "Schreibstil", "Neue Unterhaltung")),
        ):
            page = browser.new_page(viewport={"width": 390, "height": 800}, locale=language)
            page.goto(address)
            page.get_by_test_id("stChatInputTextArea").fill("When does the ferry open?")
            page.keyboard.press("Enter")
            page.locator(".answer").wait_for(timeout=60_000)
            for name in names:
                playwright.expect(page.get_by_role("button", name=name)).to_be_in_viewport()
            boxes = [page.get_by_role("button", name=name).bounding_box() for name in names]
            assert all(box["width"] >= 40 for box in boxes), "wide enough for a finger"
            assert len({box["y"] for box in boxes}) == 1
            assert page.locator(".st-key-toolbar").bounding_box()["height"] <= 44
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.close()


@pytest.mark.slow
def test_the_drawer_closes_once_something_was_chosen_in_it_and_stays_closed_after_a_reload(
    tmp_path: Path, browser: playwright.Browser
):
    library = Library(Settings(home=tmp_path))
    take_in(library, ("ferry.md", b"# The ferry\n\nThe ferry of Polruan opens at six."))
    library.close()
    with served(tmp_path) as (address, _):
        page = browser.new_page(viewport=SMALL)
        page.goto(address)
        ask(page, "When does the ferry of Polruan open?")
        page.wait_for_url("**/?c=1")
        page.get_by_role("button", name="New conversation").click()
        page.get_by_text("Ask your own documents").wait_for()
        drawer = page.get_by_test_id("stSidebar")
        opened(page)
        drawer.get_by_role("button", name="When does the ferry", exact=False).first.click()
        page.wait_for_url("**/?c=1")
        playwright.expect(drawer).to_have_attribute("data-collapsed", "true")
        opened(page)
        drawer.get_by_role("link", name="Ask").click()
        playwright.expect(drawer).to_have_attribute("data-collapsed", "true")
        opened(page)
        page.reload()
        page.get_by_test_id("stChatInput").wait_for()
        playwright.expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
        playwright.expect(drawer).to_have_attribute("data-collapsed", "true")
        page.close()


def opened(page: playwright.Page) -> None:
    page.get_by_test_id("stExpandSidebarButton").click()
    playwright.expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
