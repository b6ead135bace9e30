"""Where a file is, in words: on the page and by the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.job_records import Ending, NewJob
from indexes.jobs import JobTable
from indexes.library import Library
from ingest.cli import main
from ingest.drafts import owned
from ingest.ledger import InMemory
from ingest.living import workers_folder
from ingest.pipeline import File, Pipeline
from ingest.steps import where
from rag.settings import Settings

WORKER = "some-worker"


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobTable:
    """A table with a file at every turn, which one worker holds."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    jobs = Library(Settings(home=tmp_path)).jobs
    ids = jobs.add("batch", "default", [NewJob(f"{n}.md", f"/nowhere/{n}.md", 10) for n in range(6)])
    for _ in ids[:5]:
        assert jobs.claim(WORKER, lambda _owner: True)
    jobs.progress(WORKER, {ids[0]: ("parsing", 2, 8), ids[1]: ("cut", 0, 9), ids[2]: ("embedding", 1, 9)})
    jobs.finish(ids[4], WORKER, Ending("failed", "it is damaged", step="parsing"))
    return jobs


def said(capsys: pytest.CaptureFixture[str], command: str) -> list[str]:
    assert main([command]) == 0
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_commands_say_what_nobody_is_at(jobs: JobTable, capsys: pytest.CaptureFixture[str]):
    assert jobs.has_open()
    listed = said(capsys, "jobs")
    assert listed[:4] == [f"{n + 1} waiting for a worker {n}.md" for n in range(4)]
    assert listed[4:] == ["5 failed while parsing 4.md: it is damaged", "6 waiting for a worker 5.md"]
    assert "files: 1 failed, 5 waiting for a worker" in said(capsys, "status")


def test_commands_say_where_files_are(jobs: JobTable, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert jobs.has_open()
    lock = owned(workers_folder(tmp_path) / WORKER)
    listed = [line.split(maxsplit=1)[1].rsplit(maxsplit=1)[0] for line in said(capsys, "jobs")[:4]]
    assert listed == ["parsing page 2 of 8", "waiting for the embedder", "embedding 1 of 9 passages", "queued"]
    assert "files: 1 embedding, 1 failed, 1 parsing, 2 queued, 1 waiting for the embedder" in said(capsys, "status")
    lock.release()


def test_how_far_cutting_is_is_told(jobs: JobTable):
    number = jobs.jobs()[0].id
    told = []
    for done, total in ((0, 1), (400, 3000)):
        jobs.progress(WORKER, {number: ("chunking", done, total)})
        told.append(where(jobs.jobs()[0], [WORKER]))
    assert told == ["cutting into passages", "cutting into passages, 13%"]


@pytest.mark.slow
def test_a_file_that_is_cut_says_that_it_waits_for_the_embedder(tmp_path: Path):
    (tmp_path / "a.md").write_text("# Harbour\n\nThe harbour opens at six.\n")
    told: list[str] = []
    ledger = InMemory(lambda _source, stage, _done, _total: told.append(stage))
    library = Library(Settings(home=tmp_path / "home"))
    outcomes = list(Pipeline(library, "default", ledger).add([File(tmp_path / "a.md", "a.md")]))
    assert [outcome.state for outcome in outcomes] == ["ready"]
    assert list(dict.fromkeys(told)) == ["parsing", "chunking", "cut", "embedding", "indexing"]
