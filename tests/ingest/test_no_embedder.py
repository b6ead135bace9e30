"""An embedder that cannot be opened fails no file by itself: each says why it waits or ended, and comes in later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexes.job_records import NewJob
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


def run(home: Path, *arguments: str, program: str = "ingest", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", program, *arguments]
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
        worker.communicate(timeout=240)
    assert len(library.jobs.jobs()) == N
    assert run(home, "worker", "--once").returncode == 0
    assert len(library.catalogue.documents()) == N


def test_documents_are_searched_and_added_to_by_their_own_embedder(folder: Path, tmp_path: Path):
    home, gone = tmp_path / "home", {"FOOTNOTE_EMBEDDER": str(tmp_path / "model")}
    assert run(home, "add", str(folder)).returncode == 0
    for command in (["status"], ["show", "1"], ["list"]):
        done = run(home, *command, **gone)
        assert (done.returncode, done.stderr.count(SENTENCE)) == (0, command != ["list"])
    for command in (["search", "harbour"], ["ask", "When does the harbour open?"]):
        done = run(home, *command, program="app", **gone)
        assert (done.returncode, done.stderr.count(SENTENCE), done.stderr.count("\n")) == (0, 1, 1)
        assert "until then 'minilm' is used" in done.stderr
        assert "The harbour opens at" in done.stdout
    (folder / "new.md").write_text("The lighthouse is white.")
    assert run(home, "add", str(folder), **gone).returncode == 0
    done = run(home, "reindex", **gone)
    assert (done.returncode, done.stderr.count(SENTENCE), "until then" in done.stderr) == (1, 1, False)


def test_an_empty_home_tells_which_files_failed_and_of_nothing_else(folder: Path, tmp_path: Path):
    home, gone = tmp_path / "home", {"FOOTNOTE_EMBEDDER": str(tmp_path / "model")}
    done = run(home, "add", str(folder), **gone)
    assert (done.returncode, done.stdout.count("failed: ")) == (1, N)
    assert run(home, "status", **gone).returncode == 0
