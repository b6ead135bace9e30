"""The name of a file is escaped alike where it is listed, where it is a title, and where its failure is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.cli import main

pytestmark = pytest.mark.usefixtures("home")

SHOWN = r"h\xff\x1b[31m\u202e\n"


@pytest.fixture
def folder(tmp_path: Path) -> bytes:
    made = tmp_path / "docs"
    made.mkdir()
    return os.fsencode(made) + b"/h\xff\x1b[31m\xe2\x80\xae\n"


def test_in_the_list_and_as_a_title(folder: bytes, capsys: pytest.CaptureFixture[str]):
    Path(os.fsdecode(folder + b".txt")).write_text("The buoy is red.")
    assert main(["add", os.fsdecode(os.path.dirname(folder))]) == 0
    capsys.readouterr()
    assert main(["show", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"title:       {SHOWN}" in lines
    assert any(line.startswith("sources:") and f"/{SHOWN}.txt " in line for line in lines)


def test_in_both_halves_of_a_failure(folder: bytes, capsys: pytest.CaptureFixture[str]):
    Path(os.fsdecode(folder + b".pdf")).write_text("no PDF at all")
    assert main(["add", os.fsdecode(os.path.dirname(folder))]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("failed:")]
    assert f"/{SHOWN}.pdf: {SHOWN}.pdf is not a PDF" in line


def test_of_a_file_that_the_system_does_not_hand_over(
    folder: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_MAX_FILE_MB", "1")
    Path(os.fsdecode(folder + b".txt")).write_bytes(b"x" * 1_000_001)
    assert main(["add", os.fsdecode(os.path.dirname(folder))]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("failed:")]
    assert f"/{SHOWN}.txt: {SHOWN}.txt has 1.000001 MB" in line
