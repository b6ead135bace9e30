"""One reindex at a time: the second says who is at it, the status tells of it, and its pace is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexes.library import Library
from indexes.ownership import Ownership, is_held
from ingest.cli import main
from ingest.ledger import Outcome
from ingest.pace import pace
from ingest.reindexing import Reading, reindexing_process
from rag.settings import Settings
from rag.types import DocumentRecord
from tests.ingest.working import ROOT, stop, until

N = 300


def test_who_looks_at_a_folder_leaves_it_as_it_is(tmp_path: Path):
    assert not is_held(tmp_path / "a")
    assert not (tmp_path / "a").exists()
    owner = Ownership.take(tmp_path / "a")
    assert owner is not None
    assert is_held(tmp_path / "a")
    owner.release()
    assert not is_held(tmp_path / "a")
    assert Ownership.take(tmp_path / "a") is not None


def test_the_pace_of_documents_that_are_read_again():
    names = [f"{n}.md" for n in range(40)]
    reading = Reading(DocumentRecord(1, "default", n, n, "", 1000, "text/plain", 0, 5, (), {}, "", "") for n in names)
    start = time.time()
    assert pace(reading, start).seconds_left is None
    for name in names[:20]:
        reading.progress(name, "parsing", 0, 1)
        reading.outcome(Outcome(name, "ready", chunks=5))
    reading.progress(names[20], "embedding", 1, 2)
    measured = pace(reading, start + 30)
    assert measured.seconds_left is not None
    assert 15 < measured.seconds_left < 45
    assert 3 < measured.chunks_a_second < 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    for n in range(N):
        (made / f"{n:03}.md").write_text(f"# File {n}\n\nThe harbour {n} opens at six.")
    return made


@pytest.mark.slow
def test_a_second_one_does_not_do_the_work_again(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Nor does one that was killed keep the next from it."""
    assert main(["add", str(folder)]) == 0
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    command = [sys.executable, "-m", "ingest", "reindex"]
    environment = os.environ | {"FOOTNOTE_HOME": str(home)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as first:
        until(lambda: reindexing_process(home) == str(first.pid))
        stop(first, home)
        capsys.readouterr()
        assert main(["reindex"]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert f"another reindex of {home} is running (process {first.pid}): wait for its end" in said.err
        assert main(["status"]) == 0
        out = capsys.readouterr().out
        assert f"reindex: process {first.pid} is at it" in out
        assert "reindex` reads" not in out
        assert main(["status", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["reindex"] == str(first.pid)
        first.kill()
    until(lambda: not reindexing_process(home))
    assert main(["reindex"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("files done, 0 failed, " in line and " passages a second" in line for line in lines), lines
    assert main(["status"]) == 0
    assert "reindex" not in capsys.readouterr().out
    assert len(Library(Settings(home=home)).catalogue.documents()) == N
