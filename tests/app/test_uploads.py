"""Uploads that meet each other, or that end in the middle, lose nothing and leave nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.jobs import JobBoard
from indexes.library import Library
from ingest import kept
from ingest.removal import remove
from ingest.worker import Worker
from rag.settings import Settings
from tests.ingest.working import ROOT

N = 8


def test_t10_one_name_uploaded_by_many_at_once(tmp_path: Path):
    """Different bytes become different documents; the same bytes one."""
    library = Library(Settings(home=tmp_path))
    start = threading.Barrier(2 * N)

    def upload(n: int) -> None:
        board = JobBoard(Library(Settings(home=tmp_path)))
        start.wait()
        board.add([("note.md", b"Boat %d is red." % n)], "default")

    threads = [threading.Thread(target=upload, args=(n // 2,)) for n in range(2 * N)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs = library.jobs.jobs()
    assert sorted(Path(job.path).read_bytes() for job in jobs) == [b"Boat %d is red." % n for n in range(N)]
    assert {job.source for job in jobs} == {"note.md", *(f"note ({n}).md" for n in range(2, N + 1))}


def test_t10_the_same_bytes_come_while_their_document_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    library = Library(Settings(home=tmp_path))
    board = JobBoard(library)
    board.add([("note.md", b"The buoy is red.")], "default")
    with Worker(library) as worker:
        assert [outcome.state for outcome in worker.work()] == ["ready"]
    library.jobs.clear()
    keep = kept.keep

    def kept_and_removed(home: Path, name: str, content: bytes) -> kept.Kept:
        found = keep(home, name, content)
        if documents := library.catalogue.documents():
            remove(library, [documents[0].id])
        return found

    monkeypatch.setattr("app.jobs.keep", kept_and_removed)
    board.add([("note.md", b"The buoy is red.")], "default")
    (job,) = library.jobs.jobs()
    assert Path(job.path).read_bytes() == b"The buoy is red."


_ENDLESS = """
import os, sys, time
from pathlib import Path
from ingest.drafts import draft_folder
with draft_folder(Path(sys.argv[1])) as folder:
    (folder / "draft").write_bytes(b"half of it")
    print("half", flush=True)
    time.sleep(60)
"""


def test_t10_half_an_upload_is_gone_at_the_next_start(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    library = Library(Settings(home=tmp_path))
    with Worker(library):
        assert len(list((tmp_path / "drafts").iterdir())) == 1, "its process lives"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with Worker(library):
        assert list((tmp_path / "drafts").iterdir()) == []
    assert library.catalogue.documents() == []
    assert library.jobs.jobs() == []
