"""What keeps nobody from any page: axe-core finds nothing serious, in dark and on a phone, and nothing moves for those
who ask for less motion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.served import served
from indexes.users import UserFile
from rag.rights import Role
from tests.app.conftest import RIGHT
from tests.app.stepping import with_texts
from tests.app.test_browser import ask, calm, open_to_all
from tests.app.test_sign_in_browser import sign_in

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

PAGES = {
    "documents": "Find by name or title",
    "lab": "Question",
    "evaluation": "Make questions",
    "usage": "The last 30 days",
    "people": "One person may sign in",
    "account": "Another password",
    "admin": "This library",
    "admin?part=Settings": "Folder of the catalogue",
    "admin?part=Audit": "1 to 2 of 2 questions",
    "admin?part=Flagged": "Nothing is flagged",
}
"""By the ends of their addresses; and what stands there when all of it is drawn."""
MOVING = """() => [...document.querySelectorAll("*")].filter((part) => {
    const style = getComputedStyle(part);
    const times = [style.transitionDuration, style.animationDuration].join().split(",");
    return times.some((time) => parseFloat(time) >= 0.001);
}).map((part) => part.outerHTML.slice(0, 150))"""
"""What of the page takes a thousandth of a second or more to come, go or change."""

SHADE = "document.querySelector('[data-testid=data-grid-canvas]')?.getContext('2d').getImageData(150, 50, 1, 1).data[0]"
"""How much red the first row of the table is drawn with, from 0 to 255."""


@pytest.fixture
def page(tmp_path: Path, browser: playwright.Browser, right: str) -> Iterator[playwright.Page]:
    """An admin's page over a few texts, in dark, on a phone, with as little motion as can be."""
    home = with_texts(tmp_path / "home")
    UserFile(home).add("Ada", Role.ADMIN, right)
    with served(home, FOOTNOTE_SIGN_IN="file") as (address, _):
        context = browser.new_context(
            base_url=address,
            viewport={"width": 390, "height": 844},
            color_scheme="dark",
            reduced_motion="reduce",
        )
        opened = context.new_page()
        opened.set_default_timeout(20_000)
        opened.goto("/")
        sign_in(opened, "Ada", RIGHT)
        opened.get_by_placeholder("Ask about your documents").wait_for()
        calm(opened)
        yield opened
        context.close()


def test_every_page_in_dark_on_a_phone(page: playwright.Page):
    open_to_all(page)
    ask(page, "How much is the rent of the flat in Bergen?")
    open_to_all(page)
    ask(page, "Who won the chess championship of 1953?")
    open_to_all(page)
    page.locator("[data-testid=stFeedback] button, [class*=thumbs] button").last.click()
    page.get_by_test_id("stToast").wait_for()
    playwright.expect(page.get_by_role("alertdialog", name="Noted, thank you.")).to_be_visible()
    open_to_all(page)
    for address, drawn in PAGES.items():
        page.goto(f"/{address}")
        page.get_by_text(drawn).or_(page.get_by_placeholder(drawn)).first.wait_for()
        calm(page)
        open_to_all(page)
    page.goto("/documents")
    page.get_by_role("button", name="Web page").click()
    page.get_by_placeholder("https://").wait_for()
    page.mouse.move(0, 0)
    open_to_all(page)


def test_nothing_moves_for_who_asks_for_less_motion(page: playwright.Page):
    page.set_viewport_size({"width": 1280, "height": 860})
    ask(page, "How much is the rent of the flat in Bergen?")
    page.get_by_test_id("stPopover").first.get_by_role("button").click()
    for part in ("stSidebar", "stPopoverBody", "stBaseButton-secondary"):
        page.get_by_test_id(part).first.wait_for()
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert "stSidebar" in " ".join(page.evaluate(MOVING)), "or there would be nothing to ask for"


def test_a_table_follows_the_theme_without_motion(page: playwright.Page):
    page.goto("/documents")
    page.wait_for_function(f"{SHADE} < 60")
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"{SHADE} > 200")


def test_what_is_chosen_can_be_read_where_the_mouse_is(page: playwright.Page):
    page.goto("/admin?part=Flagged")
    chosen = page.get_by_role("radio", name="Flagged")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        chosen.hover()
        calm(page)
        open_to_all(page)
