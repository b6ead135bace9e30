"""What opens beside or below something: choices, small forms and what they say; and files on their way in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evals.pictures.doing import ASKED, PATIENCE_MS, add_samples, ask, give, is_there
from evals.served import served

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

    from evals.pictures.camera import Camera

_NOTICE = """<body style="font: 34px/1.6 serif; margin: 90px; color: #222; background: #fdfcf8">
<h1>Notice to mariners</h1><p>The light on Gribbin Head is dark from the third of May until the tenth of June.
Vessels keep half a mile off the head.</p><p>The ferry Gannet does not sail on Sundays in May.</p>"""
_BOOK: FilePayload = {
    "name": "log-of-the-watch.txt",
    "mimeType": "text/plain",
    "buffer": "\n\n".join(
        f"On watch {n} the wind stood at {n % 32} points and the tide at {n % 61} decimetres above the mark. The boat "
        f"of skipper {n * 7 % 113} came in at hour {n % 24}, and {n % 19} crates were landed at berth {n % 40}."
        for n in range(9000)
    ).encode(),
}
"""So long that its passages are still being embedded while pictures are taken."""
_NOTE: FilePayload = {"name": "tides.md", "mimeType": "text/markdown", "buffer": b"# Tides\n\nHigh water is at nine."}


def panels(camera: Camera, home: Path) -> None:
    """Over the samples: which documents are asked, why an answer was wrong, a web page, and a folder."""
    with served(home) as (address, _), camera.page(address) as page:
        add_samples(page)
        page.get_by_role("button", name="Filter documents").click()
        page.get_by_test_id("stPopoverBody").wait_for(timeout=PATIENCE_MS)
        page.get_by_role("button", name="word").first.wait_for(timeout=PATIENCE_MS)
        camera.shoot(page, "scope-finder", end=False)
        page.keyboard.press("Escape")
        ask(page, ASKED)
        page.get_by_role("radio", name="Thumbs down").last.click()
        page.get_by_test_id("stToast").wait_for(timeout=PATIENCE_MS)
        page.get_by_test_id("stToast").focus()  # as long as somebody is at it, it stays
        is_there(page, "What was wrong?")
        camera.shoot(page, "thumb-reasons")
        page.goto(f"{address}/documents")
        _web_page(page, camera)
        _folder(page, camera, home)


def _web_page(page: Page, camera: Camera) -> None:
    page.get_by_role("button", name="Web page").click()
    page.get_by_placeholder("https://").fill("harbour office")
    page.get_by_role("button", name="Add web page").click()
    page.get_by_test_id("stPopoverBody").get_by_role("alert").wait_for(timeout=PATIENCE_MS)
    camera.shoot(page, "documents-web-page", end=False)
    page.keyboard.press("Escape")


def _folder(page: Page, camera: Camera, home: Path) -> None:
    folder = home / "papers"
    folder.mkdir()
    for n in range(1, 12):
        (folder / f"berths-{n}.md").write_text(f"# Berth {n}\n\nBerth {n} is {n} metres long.\n", "utf-8")
    page.get_by_role("button", name="Folder").click()
    page.get_by_placeholder("/home/me/papers").fill(str(folder))
    page.get_by_role("button", name="Compare").click()
    is_there(page, "to be added")
    camera.shoot(page, "documents-folder", end=False)


def taking_in(camera: Camera, home: Path) -> None:
    """A file that is read, and one that waits for it."""
    with served(home, FOOTNOTE_WORKERS="1") as (address, _), camera.page(f"{address}/documents") as page:
        is_there(page, "No documents yet")
        give(page, _BOOK, _NOTE)
        is_there(page, "embedding")
        camera.shoot(page, "documents-taking-in", end=False)


def scan(camera: Camera, home: Path) -> None:
    """A picture of a page, whose words are known by OCR alone: the marks stand where it has read them."""
    with served(home) as (address, _), camera.page(f"{address}/documents") as page:
        is_there(page, "No documents yet")
        give(page, {"name": "notice.png", "mimeType": "image/png", "buffer": _drawn(page)})
        is_there(page, "1 of 1 file ready")
        page.goto(address)
        ask(page, "When is the light on Gribbin Head dark?")
        page.locator(".chip").first.click()
        page.get_by_role("dialog").get_by_role("img").first.wait_for(timeout=PATIENCE_MS)
        page.wait_for_timeout(1500)
        camera.shoot(page, "source-scan")


def _drawn(page: Page) -> bytes:
    """What somebody would have photographed."""
    other = page.context.new_page()
    other.set_content(_NOTICE)
    picture = other.screenshot()
    other.close()
    return picture
