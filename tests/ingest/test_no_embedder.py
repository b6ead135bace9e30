"""An embedder that cannot be opened fails no file by itself: each says why it waits or ended, and comes in later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexes.jobs import NewJob
from indexes.library import Library
from rag.settings import Settings
from tests.ingest.working import ROOT, start_worker, until

pytestmark = pytest.mark.slow

N = 3
SENTENCE = "is no folder and no name of a model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    for n in range(N):
        (made / f"{n}.md").write_text(f"The harbour opens at {n}.")
    return made


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ingest", *arguments]
    variables = os.environ | {"FOOTNOTE_HOME": str(home)} | environment
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def endings(library: Library) -> set[tuple[str, bool]]:
    return {(job.state, SENTENCE in job.reason) for job in library.jobs.jobs()}


def test_every_file_of_an_add_fails_with_the_reason_and_is_tried_again(folder: Path, tmp_path: Path):
    home, gone = tmp_path / "home", str(tmp_path / "model")
    done = run(home, "add", str(folder), FOOTNOTE_EMBEDDER=gone)
    assert (done.returncode, done.stderr.count(SENTENCE)) == (1, 1)
    library = Library(Settings(home=home))
    assert endings(library) == {("failed", True)}
    assert len(library.jobs.jobs()) == N
    assert run(home, "add", str(folder)).returncode == 0
    assert len(library.catalogue.documents()) == N
    assert library.jobs.jobs() == []


def test_what_a_worker_cannot_embed_waits_with_the_reason(folder: Path, tmp_path: Path):
    home, gone = tmp_path / "home", str(tmp_path / "model")
    library = Library(Settings(home=home))
    library.jobs.add("batch", "default", [NewJob(str(path), str(path)) for path in sorted(folder.iterdir())])
    assert run(home, "worker", "--once", FOOTNOTE_EMBEDDER=gone).returncode == 1
    assert endings(library) == {("queued", True)}
    worker = start_worker(home, FOOTNOTE_EMBEDDER=gone)
    try:
        until(lambda: endings(library) == {("queued", True)})
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    assert len(library.jobs.jobs()) == N
    assert run(home, "worker", "--once").returncode == 0
    assert len(library.catalogue.documents()) == N
