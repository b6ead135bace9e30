"""A real browser that takes a page's picture at every width and in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evals.pictures.barriers import Barrier, barriers
from evals.served import BROWSER_FLAGS, chromium
from rag.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_WIDTHS = {"desktop": (1280, 860), "phone": (390, 844)}
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_SETTLED_MS = 900
"""After a change of width or theme: Streamlit draws tables anew some frames later."""

_SCROLLED = (
    "document.querySelectorAll('.stMain, .stAppScrollToBottomContainer').forEach((part) => part.scrollTo(0, {}))"
)


class Camera:
    """Takes pictures into a folder, and notes what is wider than the screen and what keeps people from using it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self.taken: list[Path] = []
        self.too_wide: list[str] = []
        self.barriers: dict[str, tuple[Barrier, ...]] = {}
        """By the picture's name."""

    @contextmanager
    def page(self, address: str) -> Iterator[Page]:
        """A page at this address, as wide as a desktop's."""
        context = self._browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        self._frame(page, "desktop", "light")
        page.goto(address)
        try:
            yield page
        finally:
            context.close()

    def shoot(self, page: Page, name: str, *, end: bool = True) -> None:
        """The page as it is now: NAME-desktop-light.png and the like. Of one longer than the screen its end, or its
        beginning."""
        for width in _WIDTHS:
            for theme in _THEMES:
                self._frame(page, width, theme)
                page.wait_for_timeout(_SETTLED_MS)
                page.evaluate(_SCROLLED.format(1e6 if end else 0))
                self.taken.append(self._folder / f"{name}-{width}-{theme}.png")
                page.screenshot(path=self.taken[-1])
                if found := barriers(page):
                    self.barriers[f"{name}-{width}-{theme}"] = found
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.too_wide.append(f"{name}-{width}")
        self._frame(page, "desktop", "light")
        page.wait_for_timeout(_SETTLED_MS)

    def _frame(self, page: Page, width: str, theme: Literal["light", "dark"]) -> None:
        across, down = _WIDTHS[width]
        page.set_viewport_size({"width": across, "height": down})
        page.emulate_media(color_scheme=theme)


@contextmanager
def camera(folder: Path) -> Iterator[Camera]:
    """Its browser is closed afterwards. Raises InputError where no browser is installed."""
    path = chromium()
    if path is None:
        raise InputError("Chromium is not installed: `make browser` installs it")
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        try:
            yield Camera(browser, folder)
        finally:
            browser.close()
