"""Where there are documents a real browser shows them first, and files are added by dropping them anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.jobs import JobBoard
from evals.served import BROWSER_FLAGS, served
from indexes.library import Library
from ingest.worker import Worker
from rag.settings import Settings

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

COVER = "[data-testid=stFileUploaderDropzone]"
LONG: list[Any] = [
    {
        "name": f"long{n}.md",
        "mimeType": "text/markdown",
        "buffer": "".join(f"Lamp {i} of pier {n} is lit at {i % 24} o'clock.\n\n" for i in range(30_000)).encode(),
    }
    for n in range(3)
]
"""They take far longer than it takes to cancel them."""
BELOW = "document.elementFromPoint(640, 800)"


def test_the_list_is_in_view_and_the_whole_page_is_a_drop_zone(tmp_path: Path, chromium: str) -> None:
    library = Library(Settings(home=tmp_path / "home"))
    files = [(f"{n}.md", f"The lamp {n} is lit at dusk.".encode()) for n in range(20)]
    JobBoard(library).add([*files, ("broken.pdf", b"%PDF-1.4 and then nothing")], "default")
    with Worker(library) as worker:
        list(worker.work())
    library.close()
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}/documents")
        page.get_by_text("20 of 21 files ready").wait_for(timeout=60_000)
        page.locator(".job", has_text="broken.pdf").wait_for()
        table = page.get_by_test_id("stDataFrame")
        table.wait_for()
        assert table.bounding_box()["y"] < 460
        bell = tmp_path / "bell.md"
        bell.write_text("The bell of Looe rings at noon.")
        dragged = {"x": 640, "y": 800, "data": {"items": [], "files": [str(bell)], "dragOperationsMask": 1}}
        hand = page.context.new_cdp_session(page)
        hand.send("Input.dispatchDragEvent", {"type": "dragEnter"} | dragged)
        page.wait_for_function(f"{BELOW}.matches('{COVER}')")
        hand.send("Input.dispatchDragEvent", {"type": "dragOver"} | dragged)
        hand.send("Input.dispatchDragEvent", {"type": "drop"} | dragged)
        page.get_by_text("21 documents").wait_for(timeout=60_000)
        page.wait_for_function(f"!{BELOW}.matches('{COVER}')")
        files_on_their_way_are_cancelled(page)
        states = {job.source: job.state for job in Library(Settings(home=tmp_path / "home")).jobs.jobs()}
        assert [states[file["name"]] for file in LONG] == ["cancelled"] * len(LONG)
        browser.close()


def files_on_their_way_are_cancelled(page: playwright.Page) -> None:
    """One by its row, and then all."""
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(LONG)
    row = page.locator("[class*=st-key-job-of-]", has_text="long0.md")
    row.locator("[role=progressbar]").wait_for()
    row.get_by_role("button", name="Cancel").click()
    playwright.expect(row.locator(".job")).to_contain_text("cancelled")
    page.get_by_text("1 cancelled").wait_for()
    page.get_by_role("button", name="Cancel all").click()
    page.get_by_text(f"{len(LONG)} cancelled").wait_for()
    page.get_by_role("button", name="Clear list").wait_for()
    playwright.expect(page.get_by_text("21 documents")).to_be_visible()
