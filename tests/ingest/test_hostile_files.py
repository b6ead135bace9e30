"""A folder of bombs, loops, lies and things that are no files: each row has its sentence, the good files are in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexes.library import Library
from rag.settings import Settings
from tests.ingest import make_hostile
from tests.ingest.working import ROOT

GOOD = {"a good note.md": "# A note\n\nThe lamps are lit at dusk.", "zz last.txt": "Nothing stopped this one."}
SECRET = "root:"
"""Begins the file that the external entities name."""


@pytest.mark.slow
def test_folder_of_hostile_files(tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    expected = make_hostile.fill(folder) | dict.fromkeys(GOOD, ("ready", ""))
    expected |= {"restless.txt": ("failed", "changed while it"), "named \\xff.txt": ("ready", "")}
    for name, text in GOOD.items():
        (folder / name).write_text(text)
    (folder / os.fsdecode(b"named \xff.txt")).write_text("Its name is no UTF-8.")
    make_hostile.special(folder)
    if os.geteuid():
        (folder / "closed.txt").write_text("closed")
        (folder / "closed.txt").chmod(0)
        expected["closed.txt"] = ("failed", "check that it exists and its rights")
    with restless(folder / "restless.txt"):
        rows = {Path(row["source"]).name: row for row in added(folder, tmp_path / "home")}
    wrong = {name: rows.get(name) for name, wanted in expected.items() if not fits(rows.get(name), *wanted)}
    assert not wrong, json.dumps(wrong, indent=1)
    assert not any(SECRET in chunk for chunk in chunks(tmp_path / "home"))
    (folder / "restless.txt").unlink()  # it rests now, and all of it would be taken in
    told = run(tmp_path / "home", "add", str(folder)).stdout
    assert all(f"passed by: {what} (" in told for what in ("2 links", "1 pipe", "1 socket"))


def fits(row: dict[str, str] | None, state: str, words: str) -> bool:
    """Whether a row has the state and the words, and whether its sentence is one."""
    if row is None or row["state"] not in (("ready", "failed") if state == "any" else (state,)):
        return False
    reason = row["reason"]
    clean = "Traceback" not in reason and "please report" not in reason and "made its parser crash" not in reason
    return clean and words in reason and bool(reason) == (row["state"] == "failed")


def added(folder: Path, home: Path) -> list[dict[str, str]]:
    """The rows of one real run."""
    done = run(home, "add", str(folder), "--json")
    assert done.returncode == 1, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m ingest` over a home."""
    command = [sys.executable, "-m", "ingest", *arguments]
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def chunks(home: Path) -> Iterator[str]:
    """All that was taken in."""
    library = Library(Settings(home=home))
    for record in library.catalogue.documents():
        yield from (chunk.text for chunk in library.catalogue.chunks_of(record.id))
    library.close()


@contextmanager
def restless(path: Path) -> Iterator[None]:
    """A file that grows all the time."""
    path.write_text("It never rests. " * 20_000)
    is_over = threading.Event()

    def grow() -> None:
        while not is_over.wait(0.002):
            with path.open("a") as file:
                file.write("more ")

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        yield
    finally:
        is_over.set()
        growing.join()


@pytest.mark.parametrize("name", ["itself", "circle"])
def test_a_link_in_circles_named_by_itself(tmp_path: Path, name: str):
    (tmp_path / "itself").symlink_to("itself")
    (tmp_path / "circle").symlink_to(tmp_path / "other")
    (tmp_path / "other").symlink_to(tmp_path / "circle")
    done = run(tmp_path / "home", "add", str(tmp_path / name))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be read" in done.stderr or "does not exist" in done.stderr
