"""What the commands say to a person: short sentences that name what happened and what to do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from rag.settings import Settings
from tests.ingest.make_files import zipped
from tests.ingest.working import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]


def test_a_folder_without_a_file_that_can_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    folder = tmp_path / "d"
    folder.mkdir()
    assert main(["add", str(folder)]) == 2
    empty = capsys.readouterr().err
    (folder / "a.xyz").write_text("?")
    (folder / "link.md").symlink_to("/dev/null")
    assert main(["add", str(folder)]) == 2
    others = capsys.readouterr().err
    assert len(empty) < 250
    assert ".pdf" in empty
    assert "(but 1 .xyz, 1 link)" in others
    with pytest.raises(SystemExit):
        main(["add", "--help"])
    assert {".pdf", ".docx", ".zip"} <= set(capsys.readouterr().out.split())


def test_jobs_that_are_finished_or_on_their_way(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path):
    for name, content in {"a.md": b"The harbour opens at six.", "bad.pdf": b"%PDF-1.7 nothing"}.items():
        (tmp_path / name).write_bytes(content)
        main(["add", str(tmp_path / name), "--detach"])
    library = Library(Settings(home=home))
    good, bad = (str(job.id) for job in library.jobs.jobs())
    capsys.readouterr()
    assert main(["retry", good]) == 2
    assert f"{good}: a.md is still on its way (queued)" in capsys.readouterr().err
    main(["worker", "--once"])
    capsys.readouterr()
    assert main(["cancel", good, bad, "999"]) == 2
    said = capsys.readouterr().err
    assert f"{good}: a.md is finished (ready)" in said
    assert f"{bad}: bad.pdf is finished (failed)" in said
    assert "999: there is no such file" in said
    assert main(["retry", good, bad]) == 2
    assert f"{bad}:" not in capsys.readouterr().err
    assert library.jobs.counts() == {"ready": 1, "failed": 1}


def test_what_is_named_and_is_no_file(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    os.mkfifo(tmp_path / "p.md")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.md"))
        main(["add", str(tmp_path / "p.md"), str(tmp_path / "s.md"), "/dev/zero"])
    said = capsys.readouterr().out
    assert "p.md is not a file but a pipe, which" in said
    assert "s.md is not a file but a socket, through" in said
    assert "zero is not a file but a device" in said


def test_a_log_gets_failures_at_once(home: Path, tmp_path: Path):
    """The failure is there while the other files are still being read."""
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 nothing")
    for number in range(220):
        (folder / f"b{number:03}.md").write_text(f"Note {number} is about a harbour. " * 12)
    command = [sys.executable, "-m", "ingest", "add", str(folder)]
    environment = os.environ | {"FOOTNOTE_HOME": str(home)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as adding:
        assert adding.stdout is not None
        first = adding.stdout.readline()
        assert Library(Settings(home=home)).jobs.has_open(), "the others are still on their way"
        *counts, last = adding.stdout
    assert adding.returncode == 1
    assert first.startswith(f"failed: {folder}/a.pdf: a.pdf cannot be opened")
    assert [line for line in counts if "100 of 221 files done, 1 failed" in line]
    assert [line for line in counts if "200 of 221 files done, 1 failed" in line]
    assert last == "221 files: 220 ready, 0 unchanged, 1 failed; 220 passages read\n"


def test_show_one_document(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    note = tmp_path / "note.md"
    note.write_text("---\nauthor: Ann Harbour\ndate: 2024-05-01\n---\n# Tides\n\nThe harbour opens at six.\n")
    (tmp_path / "all.zip").write_bytes(zipped({"in.md": "A buoy is red."}))
    main(["add", str(note), str(tmp_path / "all.zip"), "--set", "chunk_tokens=100"])
    capsys.readouterr()
    assert main(["show", str(note)]) == 0
    said = capsys.readouterr().out
    for text in ("title:       Tides", "author:      Ann Harbour", "language:    en", "holds:       1 passage"):
        assert text in said
    assert f"sources:     {note} (as it was read)" in said
    assert "settings:    chunk_tokens=100" in said
    assert "embedder:    minilm" in said
    assert "stale" not in said
    note.write_text("Shorter.")
    monkeypatch.setenv("FOOTNOTE_CHUNKER", "fixed")
    assert main(["show", str(note), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["stale"], row["sources"][0]["state"]) == ("chunker", "changed since it was read")
    note.unlink()
    assert main(["show", str(note)]) == 0
    said = capsys.readouterr().out
    assert "(gone, or closed to you)" in said
    assert "stale:       chunker" in said
    assert main(["show", f"{tmp_path}/all.zip!/in.md"]) == 0
    said = capsys.readouterr().out
    assert f"inside of:   {tmp_path}/all.zip" in said
    assert main(["show", "nothing.md"]) == 2


def test_what_is_no_document_says_why(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path):
    """As the list of jobs knows it, and when that was cleared, too."""
    bad, later = tmp_path / "bad.pdf", tmp_path / "later.md"
    bad.write_bytes(b"%PDF-1.7 nothing")
    later.write_text("The harbour opens at six.")
    main(["add", str(bad)])
    assert main(["remove", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert f"{str(tmp_path)!r} is a folder with 1 file of which the library holds none: `python -m ingest jobs`" in said
    main(["add", str(later), "--detach"])
    capsys.readouterr()
    for again in (False, True):
        assert main(["show", str(bad)]) == 2
        said = capsys.readouterr().err
        assert f"{str(bad)!r} is no document, since it could not be read: bad.pdf cannot be opened" in said
        if not again:
            main(["jobs", "--clear"])
            capsys.readouterr()
    assert main(["show", str(later)]) == 2
    assert "is no document yet but on its way: `python -m ingest status`" in capsys.readouterr().err
    jobs = Library(Settings(home=home)).jobs
    main(["cancel", "--all"])
    capsys.readouterr()
    assert main(["chunks", str(later)]) == 2
    assert f"as it was cancelled: `python -m ingest retry {jobs.jobs()[-1].id}`" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "nothing.md")]) == 2
    assert "no document with the source" in capsys.readouterr().err
