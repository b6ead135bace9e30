"""A collection follows a folder for hours, whatever editors and people do there: what is in the folder is in it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.sources import path_of
from rag.settings import Settings
from tests.ingest.working import ROOT, until, until_watched

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    (made / "sub").mkdir(parents=True)
    (made / "first.md").write_text("The harbour opens at six.")
    (made / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    return made


class Following:
    """`sync --watch` over a folder, and what it has said."""

    def __init__(self, home: Path, folder: Path, log: Path) -> None:
        self.home, self.folder, self.log = home, folder, log
        command = [sys.executable, "-m", "ingest", "sync", str(folder), "--watch", "--settle", "0.3"]
        with log.open("wb") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        until(lambda: "watching" in self.said())
        until_watched(folder, self.process.pid)

    def said(self) -> str:
        return self.log.read_text()

    def held(self) -> dict[str, str]:
        """Path -> text of every document."""
        library = Library(Settings(home=self.home))
        try:
            records = library.catalogue.documents()
            return {name: library.catalogue.text(r.id) for r in records for name in (r.source, *r.also)}
        finally:
            library.close()

    def on_disk(self) -> dict[str, str]:
        """The same of the files that can be read."""
        return {str(path): path.read_text() for path in self.folder.rglob("[!.]*.md") if path.is_file()}

    def agrees(self) -> bool:
        return self.held() == self.on_disk()


@contextmanager
def following(home: Path, folder: Path, log: Path) -> Iterator[Following]:
    started = Following(home, folder, log)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait(240)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "TERM"])
def test_it_tells_what_has_changed_and_ends_in_good_order(home: Path, folder: Path, tmp_path: Path, how: int):
    with following(home, folder, tmp_path / "log") as started:
        before = len(started.said())
        (folder / "second.md").write_text("Boats leave with the tide.")
        until(lambda: "1 passage read" in started.said()[before:])
        until(lambda: len(started.held()) == 2)
        told = started.said()[before:]
        assert "added" in told
        assert "bad.pdf" not in told
        assert "still not readable" not in told.splitlines()[1]
        started.process.send_signal(how)
        assert started.process.wait(240) == 0
        assert started.said().splitlines()[-1] == "stopped watching; what was finished is kept"


def test_ctrl_c_in_the_middle_keeps_what_was_finished(home: Path, folder: Path, tmp_path: Path):
    with following(home, folder, tmp_path / "log") as started:
        for n in range(300):
            (folder / f"{n}.md").write_text(" ".join([f"Boat {n} leaves with the tide."] * 40))
        until(lambda: len(started.held()) > 20)
        started.process.send_signal(signal.SIGINT)
        assert started.process.wait(240) == 0
        held = started.held()
        assert held.items() <= started.on_disk().items()
        assert "stopped watching" in started.said()
    assert not Library(Settings(home=home)).jobs.has_open()


def test_hundreds_of_files_written_renamed_and_deleted(home: Path, folder: Path, tmp_path: Path):
    chance = random.Random(7)
    with following(home, folder, tmp_path / "log") as started:
        for n in range(300):
            path = folder / chance.choice(("", "sub")) / f"note{n % 150}.md"
            draft = path.with_name(f".{path.name}.swp")
            draft.write_text(f"Boat {n} leaves with the tide.")
            (path.with_name(f".#{path.name}")).write_text("lock")
            draft.replace(path)  # as editors save
            path.with_name(f".#{path.name}").unlink()
            present = sorted(folder.rglob("note*.md"))
            one = chance.choice(present)
            if n % 3 == 0:
                one.unlink()
            elif n % 3 == 1:
                one.rename(one.with_name(f"renamed{n}.md"))
            if n % 50 == 0:
                time.sleep(0.7)
        until(started.agrees)
        assert len(started.held()) > 100
        assert started.process.poll() is None


def test_a_folder_and_a_file_take_each_others_place(home: Path, folder: Path, tmp_path: Path):
    (folder / "thing.md").mkdir()
    (folder / "thing.md" / "inner.md").write_text("A buoy is red.")
    with following(home, folder, tmp_path / "log") as started:
        assert started.agrees()
        shutil.rmtree(folder / "thing.md")
        (folder / "thing.md").write_text("A buoy is green.")
        until(lambda: started.held().get(str(folder / "thing.md")) == "A buoy is green.")
        until(started.agrees)
        (folder / "thing.md").unlink()
        (folder / "thing.md").mkdir()
        (folder / "thing.md" / "other.md").write_text("A buoy is blue.")
        until(started.agrees)
        assert path_of(str(folder / "thing.md")).is_dir()


@pytest.mark.parametrize("is_replaced", [False, True], ids=["deleted and made again", "another one renamed to it"])
def test_the_folder_itself_goes_and_comes_back(home: Path, folder: Path, tmp_path: Path, is_replaced: bool):
    with following(home, folder, tmp_path / "log") as started:
        shutil.rmtree(folder)
        until(lambda: f"gone: {folder}; its documents are kept" in started.said())
        assert started.process.poll() is None, "a disk that was taken away may come back"
        assert len(started.held()) == 1, "and is no reason to remove everything"
        if is_replaced:
            made = tmp_path / "made"
            made.mkdir()
            (made / "second.md").write_text("Boats leave with the tide.")
            os.rename(made, folder)
        else:
            folder.mkdir()
            (folder / "second.md").write_text("Boats leave with the tide.")
        until(started.agrees)
        assert started.said().count(f"back: {folder}; it is followed again\n") == 1
        (folder / "third.md").write_text("A buoy is red.")
        until(started.agrees)
        assert started.said().count("gone: ") == 1
