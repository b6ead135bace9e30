"""What scenes have in common: what a person does on a page, and what a scripted chat model says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from evals.endpoint.misbehaving import Exchange, event

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

    from evals.pictures.camera import Camera

PATIENCE_MS = 120_000
ASKED = "How does a self-locking nut hold?"
"""Which the samples answer."""


def put(page: Page, question: str) -> None:
    """Ask, and do not wait."""
    box = page.get_by_placeholder("Ask about your documents")
    box.wait_for(timeout=PATIENCE_MS)
    box.fill(question)
    box.press("Enter")


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    n_before = page.locator(".flow").count()
    put(page, question)
    page.locator(".flow").nth(n_before).wait_for(timeout=PATIENCE_MS)
    page.wait_for_function("!document.querySelector('[data-testid=stSpinner]')", timeout=PATIENCE_MS)
    page.wait_for_timeout(500)


def add_samples(page: Page) -> None:
    """Take the sample documents in."""
    page.get_by_text("Try it with sample documents").click(timeout=PATIENCE_MS)
    page.get_by_text("Three things to ask").wait_for(timeout=PATIENCE_MS)


def give(page: Page, *files: FilePayload) -> None:
    """Files for the Documents page."""
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(list(files))


def open_source(page: Page, camera: Camera, name: str) -> None:
    """Take a picture of the last source that is cited, opened."""
    page.locator(".chip").last.click()
    page.wait_for_timeout(1500)
    camera.shoot(page, name)
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)


def mark_first_row(page: Page, then: str = "Passage 1") -> None:
    """The table is drawn on a canvas, so its first mark is known by its place alone."""
    page.get_by_test_id("stDataFrame").wait_for(timeout=PATIENCE_MS)
    table = page.get_by_test_id("stDataFrame").bounding_box()
    if table is not None:
        page.mouse.click(table["x"] + 18, table["y"] + 53)
    is_there(page, then)


def is_there(page: Page, text: str) -> None:
    """Wait for a text."""
    page.get_by_text(text).first.wait_for(timeout=PATIENCE_MS)


def says(text: str, pause_s: float = 0.0) -> Callable[[Exchange], None]:
    """A chat model that writes this, word by word."""

    def reply(exchange: Exchange) -> None:
        exchange.begin()
        for word in text.split(" "):
            exchange.words(f"{word} ")
            exchange.pause(pause_s)
        exchange.end(event(finish_reason="stop"), b"data: [DONE]\n\n")

    return reply
