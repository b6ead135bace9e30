"""The real page in a real browser: from the endpoint's first word to the eye, and from leaving to the endpoint."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evals.endpoint.asking import Misbehaving, home_of, misbehaving
from evals.endpoint.faults import LONG, MUTE
from evals.served import BROWSER_FLAGS, chromium, served
from rag.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PATIENCE_S = 15.0
_READ_S, _LOOK_S = 1.0, 0.3
"""So long a person looks at the page before asking, and at the answer before leaving."""
_WATCH = """() => {
    window.seen = 0;
    const look = () => {
        const said = [...document.querySelectorAll('[data-testid="stChatMessage"]')].slice(1);
        if (!window.seen && said.some((one) => one.textContent.includes('maps sentences')))
            requestAnimationFrame(() => { window.seen = window.seen || Date.now(); });
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""Remembers when the first frame with words of the answer was drawn."""


@dataclass(slots=True)
class Seen:
    """Seconds of each trial; infinite where nothing came."""

    first_s: list[float] = field(default_factory=list)
    """From the first word that the endpoint sent to the frame that showed it."""
    left_s: dict[str, list[float]] = field(default_factory=dict)
    """How it was left -> from then until the endpoint saw that its connection was closed."""


def measure(n: int) -> Seen:
    """So many trials of each. Raises InputError where no browser is installed."""
    path = chromium()
    if path is None:
        raise InputError("Chromium is not installed: `make browser` installs it")
    from playwright.sync_api import sync_playwright

    seen = Seen()
    with home_of() as settings, misbehaving() as endpoint, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        for kind in (LONG, MUTE):
            variables = {"FOOTNOTE_CHAT_MODEL": "tiny", "OPENAI_BASE_URL": endpoint.url(kind), "FOOTNOTE_WORKERS": "0"}
            with served(settings.home, **variables) as (address, _):
                for number in range(-1, 2 * n):  # the first one loads the models
                    page = browser.new_page()
                    page.goto(address)
                    trial = _trial(page, endpoint, f"{number + 2}{int(kind == MUTE)}", is_stopped=bool(number % 2))
                    page.close()
                    if number >= 0:
                        _note(seen, trial)
        browser.close()
    return seen


@dataclass(frozen=True, slots=True)
class _Trial:
    first_s: float | None
    left_s: float
    how: str


def _note(seen: Seen, trial: _Trial) -> None:
    seen.first_s += [] if trial.first_s is None else [trial.first_s]
    seen.left_s.setdefault(trial.how, []).append(trial.left_s)


def _trial(page: Page, endpoint: Misbehaving, case: str, *, is_stopped: bool) -> _Trial:
    """Ask, wait for the first word or for the request, and leave."""
    _ask(page, case)
    is_mute = case.endswith("1")
    _times(endpoint, case, "received" if is_mute else "first")
    first = None if is_mute else _first(page, endpoint, case)
    time.sleep(_LOOK_S)
    left = time.monotonic()
    if is_stopped:
        page.get_by_test_id("stChatInputStopButton").click()
    else:
        page.close()
    gone = _times(endpoint, case, "gone") - left
    how = f"{'stopped' if is_stopped else 'tab closed'}, {'before a word' if is_mute else 'in the middle'}"
    return _Trial(first, gone, how)


def _ask(page: Page, case: str) -> None:
    box = page.get_by_placeholder("Ask about your documents")
    box.wait_for()
    time.sleep(_READ_S)
    page.evaluate(_WATCH)
    box.fill(f"When does the harbour of Fowey open, case {case}?")
    box.press("Enter")


def _first(page: Page, endpoint: Misbehaving, case: str) -> float:
    page.wait_for_function("window.seen > 0", timeout=1000 * _PATIENCE_S)
    shown: Any = page.evaluate("window.seen")
    sent = _times(endpoint, case, "first") + (time.time() - time.monotonic())
    return float(shown) / 1000 - sent


def _times(endpoint: Misbehaving, case: str, what: str) -> float:
    """When that became of a case, on the monotonic clock; infinite where it does not."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        found = endpoint.told()["cases"].get(case, {}).get(what)
        if found is not None:
            return float(found)
        time.sleep(0.01)
    return float("inf")
