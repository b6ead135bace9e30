"""Many files at once in a real browser: they go up in portions, and none is lost without a word."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evals.served import free_port, served
from tests.app.test_browser import FLAGS

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

PICKER = "[data-testid=stFileUploader] input[type=file]"
MOST_CHIPS = """() => {
    window.chips = 0;
    const counts = () => [...document.querySelectorAll("[data-testid=stFileUploader]")].map(
        (uploader) => uploader.querySelectorAll("[data-testid=stFileChip]").length);
    new MutationObserver(() => { window.chips = Math.max(window.chips, ...counts()); })
        .observe(document.body, { childList: true, subtree: true });
}"""


def notes(names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"name": name, "mimeType": "text/markdown", "buffer": f"Lamp {name} is lit.".encode()} for name in names]


def opened(started: Any, chromium: str, address: str) -> Any:  # noqa: ANN401
    page = started.chromium.launch(executable_path=chromium, args=FLAGS).new_page()
    page.goto(f"{address}/documents")
    page.locator(PICKER).wait_for(state="attached")
    playwright.expect(page.locator(".st-key-upload-cover .stBidiComponent")).to_have_count(1)
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    return page


def sources(home: Path, collection: str = "") -> set[str]:
    """The names of all that has come onto the board, or of what went into one collection."""
    with closing(sqlite3.connect(f"file:{home / 'catalogue.sqlite'}?mode=ro", uri=True)) as catalogue:
        rows = catalogue.execute("SELECT source, collection FROM jobs").fetchall()
    return {name for name, into in rows if into == collection or not collection}


def test_many_files_go_up_in_portions(tmp_path: Path, chromium: str):
    names = [f"{n:03}.md" for n in range(120)]
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        page = opened(started, chromium, address)
        page.evaluate(MOST_CHIPS)
        page.locator(PICKER).set_input_files(notes(names))
        page.wait_for_function(
            "getComputedStyle(document.querySelector('[data-testid=stFileUploaderDropzone]'), '::after')"
            ".content.includes('50 of 120 files sent')"
        )
        page.get_by_text("120 documents").wait_for(timeout=120_000)
        assert 0 < page.evaluate("window.chips") <= 50
        page.wait_for_function("!document.documentElement.matches('.files-coming')")
    assert sources(tmp_path / "home") == set(names)


def test_what_is_refused_beside_others_is_named_until_it_is_dismissed(tmp_path: Path, chromium: str):
    large = {"name": "large.md", "mimeType": "text/markdown", "buffer": b"The lamp is lit. " * 80_000}
    with (
        served(tmp_path / "home", FOOTNOTE_MAX_FILE_MB="1") as (address, _),
        playwright.sync_playwright() as started,
    ):
        page = opened(started, chromium, address)
        page.locator(PICKER).set_input_files([large, *notes(["good.md", f"{'n' * 4000}.md"])])
        page.get_by_text("1 document", exact=True).wait_for(timeout=60_000)
        page.get_by_text("1 file was not taken, since it is larger than 1 MB: large.md.").wait_for()
        page.get_by_text("1 file did not arrive: nnn").wait_for()  # a name that the server refuses, twice
        page.get_by_role("button", name="Dismiss").click()
        playwright.expect(page.get_by_text("large.md")).to_have_count(0)
    assert sources(tmp_path / "home") == {"good.md"}


def test_a_server_that_is_started_again_gets_what_it_missed(tmp_path: Path, chromium: str):
    names, home, port = [f"{n:03}.md" for n in range(70)], tmp_path / "home", str(free_port())
    with playwright.sync_playwright() as started:
        with served(home, PORT=port) as (address, process):
            page = opened(started, chromium, address)
            sent = []

            def killed(request: Any) -> None:  # noqa: ANN401
                sent.append(request)
                if len(sent) == 20:
                    os.kill(process, signal.SIGKILL)

            page.on("request", lambda request: killed(request) if request.method == "PUT" else None)
            page.locator(PICKER).set_input_files(notes(names))
            page.wait_for_function(
                "document.querySelector('[data-testid=stApp]').dataset.testConnectionState !== 'CONNECTED'"
            )
        with served(home, PORT=port):
            page.get_by_text("70 documents").wait_for(timeout=120_000)
            playwright.expect(page.locator("[data-testid=stFileChip]")).to_have_count(0)
    assert sources(home) == set(names)


def test_a_folder_is_taken_with_what_is_below_it_into_the_collection_that_was_chosen(tmp_path: Path, chromium: str):
    folder = tmp_path / "folder"
    for n in range(130):
        below = folder / f"{n % 2}"
        below.mkdir(parents=True, exist_ok=True)
        (below / f"{n:03}.md").write_text(f"Lamp {n} is lit.")
    (folder / ".DS_Store").write_bytes(b"left by a system")
    with served(tmp_path / "home") as (address, _), playwright.sync_playwright() as started:
        page = opened(started, chromium, address)
        place = page.locator("[data-testid=stFileUploaderDropzone]").bounding_box()
        at = {"x": place["x"] + 20, "y": place["y"] + 20}
        dragged = at | {"data": {"items": [], "files": [str(folder)], "dragOperationsMask": 1}}
        hand = page.context.new_cdp_session(page)
        for kind in ("dragEnter", "dragOver", "drop"):
            hand.send("Input.dispatchDragEvent", {"type": kind} | dragged)
        page.wait_for_function("document.documentElement.matches('.files-coming')")
        box = page.get_by_role("combobox", name="Add to collection")
        box.fill("other")
        box.press("Enter")
        page.get_by_text("130 documents").wait_for(timeout=120_000)
        page.wait_for_function("!document.documentElement.matches('.files-coming')")
        page.locator(PICKER).set_input_files(notes(["later.md"]))
        page.get_by_text("131 documents").wait_for(timeout=60_000)
    names = {f"{n:03}.md" for n in range(130)}
    assert sources(tmp_path / "home") == names | {"later.md"}
    assert sources(tmp_path / "home", "other") == {"later.md"}
