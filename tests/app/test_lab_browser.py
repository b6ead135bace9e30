"""The Lab in a real browser: stages, a setting moved by keys, the map and the passage; documents' words stay words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.wiring import Workspace
from evals.served import served
from rag.settings import Settings
from tests.app.stepping import TEXTS, add
from tests.app.test_browser import FLAGS

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

MARKUP = "<img src=x onerror=document.title='owned'>"
HOSTILE = {
    f"lamp{n}.md": f"# {MARKUP} Lamp {n}\n\n{MARKUP} $x$ [a](javascript:alert(1)) Lamp {n} of Fowey is lit at {n}."
    for n in range(1, 6)
}
PATIENCE_MS = 120_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    workspace = Workspace(Settings(home=tmp_path / "home"))
    add(workspace, tmp_path, "default", TEXTS | HOSTILE)
    workspace.close()
    with served(tmp_path / "home") as (url, _):
        yield f"{url}/lab"


def test_a_search_is_taken_apart_drawn_and_looked_into(address: str, chromium: str):
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        errors: list[str] = []
        requested: set[str | None] = set()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requested.add(urlsplit(request.url).hostname))
        page.goto(address)
        box = page.get_by_label("Question", exact=True)
        box.fill("When is the lamp of Fowey lit?")
        box.press("Enter")
        stages(page)
        moved_by_keys(page)
        phone(page)
        mapped(page)
        assert page.title() != "owned"
        assert requested <= {"127.0.0.1", "", None}, "something was asked of another host"
        assert not errors
        browser.close()


def stages(page: playwright.Page) -> None:
    kept = page.locator(".stage.kept li")
    playwright.expect(kept.first).to_contain_text(MARKUP, timeout=PATIENCE_MS)
    playwright.expect(page.locator(".stage")).to_have_count(5)
    no_markup(page, ".stages")
    kept.first.hover()
    playwright.expect(page.locator(".stages.pointing li.same")).not_to_have_count(0)
    kept.first.locator(".row").click()
    shown = page.get_by_role("dialog").locator(".document")
    playwright.expect(shown).to_contain_text("of Fowey is lit", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    shown.wait_for(state="detached")


def moved_by_keys(page: playwright.Page) -> None:
    weight = page.get_by_role("slider").first
    weight.focus()
    weight.press("End")
    playwright.expect(page.locator("svg .move")).not_to_have_count(0, timeout=PATIENCE_MS)
    no_markup(page, "div:has(> svg .move)")
    page.get_by_role("button", name="Use 1.00 for").wait_for()


def phone(page: playwright.Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    page.wait_for_function("document.querySelector('[data-testid=stMainBlockContainer]').scrollWidth <= 390")
    page.set_viewport_size({"width": 1280, "height": 860})


def mapped(page: playwright.Page) -> None:
    page.get_by_role("radio", name="Map").or_(page.get_by_role("button", name="Map")).first.click()
    hit = page.locator(".map .hit").last  # the best one is drawn above all others
    hit.wait_for()
    playwright.expect(page.locator(".map .point")).to_have_count(len(TEXTS | HOSTILE))
    no_markup(page, ".map")
    hit.focus()
    playwright.expect(page.locator(".tip").first).to_contain_text("1. ")
    hit.press("Enter")
    page.get_by_text("As it was embedded").wait_for()
    playwright.expect(page.locator(".document .passage")).to_contain_text("of Fowey is lit", timeout=PATIENCE_MS)
    no_markup(page, ".document")


def no_markup(page: playwright.Page, within: str) -> None:
    assert page.locator(f"{within} img, {within} script, {within} a").count() == 0
