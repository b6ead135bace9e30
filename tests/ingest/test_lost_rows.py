"""Tables that are there but have lost their rows: a sentence in every command, a finding, and a cure."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from app.cli import main as app
from ingest.cli import main
from tests.ingest.make_files import zipped

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """A folder that the library holds, with an archive in it."""
    made = tmp_path / "docs"
    made.mkdir()
    (made / "note.md").write_text("The harbour opens at six.")
    (made / "all.zip").write_bytes(zipped({"a.md": b"A buoy is red."}))
    assert main(["add", str(made)]) == 0
    assert home.exists()
    return made


def harm(home: Path, sql: str) -> None:
    with closing(apsw.Connection(str(home / "catalogue.sqlite"))) as opened:
        opened.execute(sql)


def bad(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("BAD")]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM change",
        "UPDATE change SET sequence = 'seven'",
        "UPDATE change SET sequence = x'00ff'",
        "UPDATE change SET sequence = 1",
        "UPDATE change SET library = ''",
        "INSERT INTO change SELECT * FROM change",
    ],
)
def test_the_row_that_counts_changes(home: Path, folder: Path, sql: str, capsys: pytest.CaptureFixture[str]):
    harm(home, sql)
    (folder / "new.md").write_text("A lighthouse is white.")
    capsys.readouterr()
    for run, command in ((app, ["search", "buoy"]), (main, ["add", str(folder)]), (main, ["status"])):
        if run(command):
            (said,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("footnote: ")]
            assert "the row that counts its changes is gone or damaged): `python -m ingest doctor --repair`" in said
    assert main(["doctor"]) == 1
    (line,) = bad(capsys.readouterr().out)
    assert line.startswith("BAD  catalogue: the row that counts its changes is gone or damaged")
    assert main(["doctor", "--repair"]) == 0
    assert main(["add", str(folder)]) == 0
    capsys.readouterr()
    for words, found in (("a lighthouse", "new.md"), ("a buoy", "a.md"), ("the harbour", "note.md")):
        assert app(["search", words, "--k", "1"]) == 0
        assert found in capsys.readouterr().out
    assert main(["doctor"]) == 0


def test_sources_that_are_gone_are_listed_again(home: Path, folder: Path, capsys: pytest.CaptureFixture[str]):
    harm(home, "DELETE FROM sources")
    capsys.readouterr()
    assert main(["add", str(folder)]) == 1
    assert (
        "its tables disagree with each other: `python -m ingest doctor --repair` mends that" in capsys.readouterr().out
    )
    assert main(["doctor"]) == 1
    assert "BAD  sources: 3 documents not listed under a source: " in capsys.readouterr().out
    assert main(["doctor", "--repair"]) in (0, 1)
    capsys.readouterr()
    assert main(["add", str(folder)]) == 0
    assert "2 unchanged" in capsys.readouterr().out
    assert main(["doctor"]) == 0
    (folder / "all.zip").unlink()
    assert main(["sync", str(folder)]) == 0
    assert main(["list"]) == 0
    assert "a.md" not in capsys.readouterr().out.splitlines()[-1], "what was inside of the archive went with it"


def test_sources_without_a_document_are_deleted(home: Path, folder: Path, capsys: pytest.CaptureFixture[str]):
    harm(home, "UPDATE sources SET document_id = 77 WHERE source LIKE '%note.md'")
    capsys.readouterr()
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert f"1 document not listed under a source: {folder / 'note.md'}" in said
    assert f"1 source without a document: {folder / 'note.md'}" in said
    assert main(["doctor", "--repair"]) == 0
    assert main(["add", str(folder)]) == 0
    assert main(["doctor"]) == 0
