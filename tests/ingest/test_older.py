"""A document whose file became unreadable still answers, and whoever meets it is told that it is older content."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main as app
from indexes.library import Library
from ingest.cli import main
from ingest.doctor import examine
from rag.settings import Settings
from tests.ingest.make_files import zipped

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]

DAMAGED = bytes(range(256)) * 20
WHY = "older content: the file has changed since and could not be read (note.md "


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


@pytest.fixture
def note(tmp_path: Path) -> Path:
    made = tmp_path / "docs" / "note.md"
    made.parent.mkdir()
    made.write_text("The harbour opens at six.")
    (made.parent / "other.md").write_text("The lighthouse is white.")
    assert main(["add", str(made.parent)]) == 0
    return made


def make_older(note: Path) -> None:
    note.write_bytes(DAMAGED)
    assert main(["add", str(note.parent)]) == 1


def test_every_command_that_shows_it_says_so(note: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    make_older(note)
    capsys.readouterr()
    assert main(["list"]) == 0
    assert printed(capsys).count(WHY) == 1
    assert main(["show", str(note)]) == 0
    assert WHY in printed(capsys)
    assert app(["search", "harbour", "--k", "1"]) == 0
    assert f"The harbour opens at six.\n     {WHY}" in printed(capsys)
    assert app(["ask", "When does the harbour open?"]) == 0
    assert WHY in printed(capsys)
    assert main(["status"]) == 0
    assert f"1 document answers from older content: {note};" in printed(capsys)
    found = {finding.what: finding for finding in examine(Library(Settings(home=home)))}
    assert (found["content"].good, found["content"].cure) == (True, None)
    assert found["content"].text == f"1 document answers from older content: {note}"


def test_programs_are_told_as_well(note: Path, capsys: pytest.CaptureFixture[str]):
    make_older(note)
    capsys.readouterr()
    assert main(["list", "--json"]) == 0
    rows = {row["source"]: row["older_content"] for row in map(json.loads, printed(capsys).splitlines())}
    assert [len(rows[str(note)]), rows[str(note.parent / "other.md")]] == [1, []]
    assert app(["search", "harbour", "--json"]) == 0
    assert {bool(row["older_content"]) for row in json.loads(printed(capsys))} == {True, False}


def test_it_is_over_once_the_file_can_be_read(note: Path, capsys: pytest.CaptureFixture[str]):
    make_older(note)
    note.write_text("The harbour opens at seven.")
    assert main(["add", str(note.parent)]) == 0
    capsys.readouterr()
    assert main(["list"]) == 0
    assert main(["status"]) == 0
    assert "older content" not in printed(capsys)


def test_a_file_that_another_try_may_read_is_told_too(
    note: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_MAX_FILE_MB", "1")
    note.write_bytes(b"x" * 1_000_001)
    assert main(["add", str(note.parent)]) == 1
    capsys.readouterr()
    assert main(["list"]) == 0
    assert WHY in printed(capsys)


def test_a_file_inside_of_an_archive_is_told_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    archive = tmp_path / "all.zip"
    archive.write_bytes(zipped({"note.md": b"The harbour opens at six.", "b.md": b"The lighthouse is white."}))
    assert main(["add", str(archive)]) == 0
    archive.write_bytes(zipped({"note.md": DAMAGED, "b.md": b"The lighthouse is white."}))
    main(["add", str(archive)])
    capsys.readouterr()
    assert main(["list"]) == 0
    assert printed(capsys).count(WHY) == 1


@pytest.mark.parametrize("reason", ["x'00ff'", "7"])
def test_a_damaged_row_of_the_list_of_files_stops_nothing(
    note: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reason: str
):
    monkeypatch.setenv("FOOTNOTE_MAX_FILE_MB", "1")
    note.write_bytes(b"x" * 1_000_001)
    assert main(["add", str(note.parent)]) == 1
    Library(Settings(home=home)).catalogue.database.execute(f"UPDATE jobs SET reason = {reason}")  # noqa: S608
    capsys.readouterr()
    assert main(["list"]) == 0
    assert "older content: the file has changed since" in printed(capsys)
