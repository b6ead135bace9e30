"""The way from the first visit to a cited answer and back with the keyboard alone; what has the focus can be seen."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from evals.served import BROWSER_FLAGS, served

playwright = pytest.importorskip("playwright.sync_api")

_MOST_TABS = 60
_PRESSED = {"A", "BUTTON", "INPUT", "TEXTAREA"}
_FOCUSED = r"""() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const box = at.getBoundingClientRect();
  const name = at.getAttribute("aria-label") || at.placeholder || at.innerText || at.title || "";
  const style = getComputedStyle(at);
  const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none" || at.matches("input, textarea")
    || getComputedStyle(at.parentElement).boxShadow !== "none";
  return [name.trim().split("\n").pop(), box.width > 0 && box.height > 0, isMarked, at.tagName];
}"""
"""Of what has the focus, in whatever shadow root: name, whether it has a size and shows its focus, and tag."""


@pytest.mark.slow
def test_the_whole_way_by_keyboard(tmp_path: Path, chromium: str):
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(120_000)
        page.goto(address)
        page.get_by_text("Try it with sample documents").wait_for()
        box = page.get_by_placeholder("Ask about your documents")
        page.keyboard.press("Tab")
        playwright.expect(page.get_by_role("button", name="Skip to the question")).to_be_focused()
        page.keyboard.press("Enter")
        playwright.expect(box).to_be_focused()
        tab_to(page, "Try it with sample documents", keys="Shift+Tab")
        page.keyboard.press("/")
        playwright.expect(box).to_be_focused()
        playwright.expect(box).to_have_value("")
        tab_to(page, "Try it with sample documents", keys="Shift+Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Three things to ask").wait_for()
        tab_to(page, "Ask about your documents")
        page.keyboard.type("How many miles an hour does a toboggan reach?")
        page.keyboard.press("Enter")
        page.locator(".flow").wait_for()
        playwright.expect(box).to_be_focused()
        name = tab_to(page, "Source 1:", keys="Shift+Tab")
        page.keyboard.press("Enter")
        page.get_by_role("dialog").locator("mark.quote").wait_for()
        tab_to(page, "Copy quote")
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        page.wait_for_function(
            "(name) => document.activeElement.shadowRoot?.activeElement?.ariaLabel === name", arg=name
        )
        tab_to(page, "New conversation", keys="Shift+Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Three things to ask").wait_for()
        tab_to(page, "Documents", keys="Shift+Tab")
        page.keyboard.press("Enter")
        page.get_by_placeholder("Find by name or title").wait_for()
        tab_to(page, "Find documents")
        page.keyboard.type("word")
        page.keyboard.press("Enter")
        page.get_by_text("of 5 documents").wait_for()
        tab_to(page, "", tags={"CANVAS"})  # the table
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+Space")
        page.get_by_text(", 1 marked").wait_for()
        tab_to(page, "Remove this document", keys="Shift+Tab")
        browser.close()


def tab_to(page: playwright.Page, name: str, keys: str = "Tab", tags: Collection[str] = _PRESSED) -> str:
    """Press a key until what is called so has the focus; its whole name. On the way everything shows that it has it."""
    passed = []
    for _ in range(_MOST_TABS):
        page.keyboard.press(keys)
        found, has_size, is_marked, tag = page.evaluate(_FOCUSED)
        passed.append(found)
        if tag == "BODY":
            continue
        assert has_size, f"the focus is on something that cannot be seen: {found} ({tag})"
        assert is_marked, f"nothing shows that the focus is on {found} ({tag})"
        if found.startswith(name) and tag in tags:
            return str(found)
    raise AssertionError(f"{name} is not reached by {keys}: {passed}")
