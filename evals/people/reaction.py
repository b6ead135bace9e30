"""One person in a real browser: how long until the page stands, until something answers to a key, and how long each
page takes to run again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evals.people.harbours import HARBOURS, QUESTIONS, harbours_served
from evals.people.visitor import Visitor
from evals.served import BROWSER_FLAGS, chromium
from rag.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = {"ask": "", "ask, all of them": "?c=1"} | {
    name: name for name in ("documents", "usage", "lab", "evaluation", "admin")
}
"""The end of their addresses; the second shows the conversation of all that was asked."""
_PATIENCE_MS = 60_000
_BOX = "stChatInputTextArea"
_WATCH = """(box, question) => {
    const seen = {};
    const stands = () => [...document.querySelectorAll("[data-testid=stChatMessage] *")]
        .some((part) => !part.children.length && part.textContent.trim() === question);
    const look = (start) => {
        const now = performance.now() - start;
        if (!("empty" in seen) && !box.value) seen.empty = now;
        if (!("question" in seen) && stands()) seen.question = now;
        if (!("empty" in seen && "question" in seen)) requestAnimationFrame(() => look(start));
    };
    const press = (event) => {
        if (event.key !== "Enter") return;
        removeEventListener("keydown", press, true);
        look(performance.now());
    };
    addEventListener("keydown", press, true);
    window.reaction = seen;
}"""
"""Looks at every frame that is drawn, from the key on."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """Seconds, each of them as often as it was tried."""

    first_s: float
    """From the address that is opened until the question box stands there: the first page of a server that was just
    started, in a browser that has nothing of it."""
    opened_s: list[float]
    """The same for later ones, each in a browser that has nothing of the page."""
    emptied_s: list[float]
    """From the key that asks until the box is empty again: the first that is seen to happen."""
    question_s: list[float]
    """From the key until the question stands in the conversation."""
    answer_s: list[float]
    """From the key until its answer with sources stands below it."""
    again_s: dict[str, list[float]]
    """By page: a run of it on the server, as any press on it causes one."""


def measure(n_times: int, extra: Sequence[Path] = ()) -> Reaction:
    """Each of it so many times, over twenty small documents and the files and folders of `extra`. Raises InputError
    without a browser, StoreError where a page fails."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        raise InputError("no Chromium was found: install it with your system's package manager")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=path, args=BROWSER_FLAGS) as browser:
        browser.new_page().close()  # the browser's own start is not the page's
        with harbours_served(HARBOURS, extra) as (address, _):
            opened = [_opened(browser, address) for _ in range(1 + n_times)]
            asked = _asked(browser, address, n_times)
            again = {name: _again(address, page, n_times) for name, page in PAGES.items()}
    return Reaction(opened[0], opened[1:], *asked, again)


def _opened(browser: Browser, address: str) -> float:
    context = browser.new_context()
    try:
        return _open(context.new_page(), address)
    finally:
        context.close()


def _open(page: Page, address: str) -> float:
    start = time.monotonic()
    page.goto(address)
    page.get_by_test_id(_BOX).wait_for(timeout=_PATIENCE_MS)
    return time.monotonic() - start


def _asked(browser: Browser, address: str, n_times: int) -> tuple[list[float], list[float], list[float]]:
    """In one conversation, a question when the answer before it stands; the first of all loads the models and is not
    counted."""
    context = browser.new_context()
    try:
        page = context.new_page()
        _open(page, address)
        questions = [QUESTIONS[n % len(QUESTIONS)].format(name=HARBOURS[n % len(HARBOURS)]) for n in range(1 + n_times)]
        times = [_ask(page, question) for question in questions]
    finally:
        context.close()
    emptied, stood, answered = zip(*times[1:], strict=True)
    return list(emptied), list(stood), list(answered)


def _ask(page: Page, question: str) -> tuple[float, float, float]:
    box, answers = page.get_by_test_id(_BOX), page.locator(".flow")
    n_before = answers.count()
    box.fill(question)
    box.evaluate(_WATCH, question)
    start = time.monotonic()
    box.press("Enter")
    answers.nth(n_before).wait_for(timeout=_PATIENCE_MS)
    answered = time.monotonic() - start
    page.wait_for_function("'empty' in reaction && 'question' in reaction", timeout=_PATIENCE_MS)
    seen = page.evaluate("reaction")
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')", timeout=_PATIENCE_MS)
    return seen["empty"] / 1000, seen["question"] / 1000, answered


def _again(address: str, page: str, n_times: int) -> list[float]:
    with Visitor(address, page) as visitor:
        return [visitor.again() for _ in range(n_times)]
