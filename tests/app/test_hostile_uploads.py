"""What a hostile or unlucky visitor does to the page: odd files, a worker that is killed, a tab that is closed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from evals.served import served
from indexes.library import Library
from ingest.living import living_workers
from rag.settings import Settings
from tests.app.test_browser import FLAGS
from tests.ingest.make_hostile import overlapping
from tests.ingest.working import until

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

NOTE = "The harbour of Fowey opens at six. Boats leave with the tide."


def dropped(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_each_gets_a_row_and_nothing_is_lost(tmp_path: Path, chromium: str):
    """Odd names, an empty file, a bomb, the same file twice; then the worker dies, and the tab is closed."""
    home = tmp_path / "home"
    files = [
        dropped("../../x.md", b"One. " + NOTE.encode()),
        dropped('a\nb "%22".txt', b"Two. " + NOTE.encode()),
        dropped("n" * 300 + ".md", b"Three. " + NOTE.encode()),
        dropped("empty.txt", b""),
        dropped("bomb.zip", overlapping()),
        dropped("same.md", b"Four. " + NOTE.encode()),
        dropped("same.md", b"Four. " + NOTE.encode()),
        *(dropped(f"note{n}.md", f"{n}. {NOTE * 50}".encode()) for n in range(30)),
    ]
    with served(home) as (url, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page()
        page.goto(f"{url}/documents")
        page.locator("[data-testid=stFileUploader] input[type=file]").wait_for(state="attached")
        until(lambda: living_workers(home))
        page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(files)
        library = Library(Settings(home=home))
        until(lambda: len(library.jobs.jobs()) == len(files) - 1)
        (worker,) = living_workers(home)
        os.kill(int(worker.rsplit("-", 2)[1]), signal.SIGKILL)
        page.close()
        until(lambda: not library.jobs.has_open())
        page = browser.new_page()
        page.goto(f"{url}/documents")
        page.locator(".job").first.wait_for()
        assert page.get_by_text("nobody foresaw").count() == 0
        browser.close()
    jobs = {job.source: job for job in library.jobs.jobs() if job.container is None}
    assert {name for name, job in jobs.items() if job.state != "ready"} == {"empty.txt", "bomb.zip"}
    assert all(jobs[name].reason for name in ("empty.txt", "bomb.zip"))
    assert {"x.md", "same.md", 'a b """.txt'} <= jobs.keys(), "browsers send signs of a name in another form"
    assert all(len(name) <= 150 and name.isprintable() and "/" not in name for name in jobs)
    assert len(library.catalogue.documents()) == len(files) - 3
    assert not list(tmp_path.glob("x.md"))
