"""A file whose name is markup, a command for the terminal, and two lines, from the disk to a citation: only a name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.served import served
from ingest.sources import path_of
from tests.app.test_browser import FLAGS, ROOT, ask

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.slow

NAME = (
    "[click](javascript:alert(1)) ![i](x.png) <img src=x onerror=document.title='owned'> **b** $x$ "
    "\x1b]0;owned\x07\x1b[31mred \u202etxt.exe\u202c \u200bend\nSecond [line](x).txt"
)
QUESTION = "When does the harbour of Fowey open?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "files").mkdir()
    (folder / "files" / NAME).write_text("The harbour of Fowey opens at six in the morning. Boats leave with the tide.")
    assert run(folder / "home", "ingest", "add", str(folder / "files")).returncode == 0
    return folder / "home"


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    full = [sys.executable, "-m", *command]
    return subprocess.run(full, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [("app", "ask", QUESTION), ("app", "search", QUESTION), ("ingest", "list"), ("ingest", "status")],
    ids=["ask", "search", "list", "status"],
)
def test_the_terminal_gets_a_name_on_one_line(home: Path, command: tuple[str, ...]):
    done = run(home, *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(letter.isprintable() or letter == "\n" for letter in done.stdout)
    lines = done.stdout.splitlines()
    assert not any(line.lstrip().startswith("Second") for line in lines)
    if command[1] in ("ask", "list"):
        named = [line for line in lines if "[click](javascript:alert(1))" in line]
        assert len(named) == 1 or (command[1] == "ask" and named), "an answer may cite the document twice"
        assert all("Second [line](x).txt" in line for line in named)


def test_a_program_gets_the_name_as_it_is(home: Path):
    row = json.loads(run(home, "app", "ask", QUESTION, "--json").stdout)
    (source,) = {citation["source"] for citation in row["citations"]}
    assert path_of(source).name == NAME
    assert path_of(source).is_file()


@pytest.fixture
def page(home: Path, chromium: str) -> Iterator[playwright.Page]:
    with served(home) as (url, _), playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.goto(url)
        yield page
        browser.close()


def test_the_page_shows_a_name_and_nothing_of_it_acts(page: playwright.Page):
    ask(page, QUESTION)
    page.locator(".chip").first.click()
    page.locator("mark.quote").wait_for()
    dialog = page.get_by_role("dialog")
    shown = dialog.inner_text()
    assert "[click](javascript:alert(1)) ![i](x.png) <img src=x" in shown
    assert "$x$" in shown
    assert not set("\x1b\x07\u202e\u202c\u200b") & set(page.locator("body").inner_text())
    assert page.locator("img[src='x'], img[src*='x.png'], a[href^='javascript'], a[href='x']").count() == 0
    assert dialog.locator("strong", has_text="b").count() == 0
    assert page.title() != "owned"
