"""Files that have not changed are left to `reindex` where only a setting has, by `add` as by `sync`; both say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from ingest.cutting import PARSERS
from ingest.upkeep import upkeep
from rag.settings import Settings

pytestmark = pytest.mark.slow

LINE = "stale: 2 documents were read with other settings than those of now; `python -m ingest reindex` redoes that"


@pytest.fixture
def folder(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "d"
    made.mkdir()
    for name in ("a", "b"):
        (made / f"{name}.md").write_text(f"Buoy {name} is red.")
    assert main(["add", str(made)]) == 0
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    assert home.exists()
    return made


@pytest.mark.parametrize("command", ["add", "sync"])
def test_both_leave_them_and_say_how_many(command: str, folder: Path, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()
    assert main([command, str(folder)]) == 0
    said = capsys.readouterr().out
    assert LINE in said.splitlines()
    assert "2 unchanged" in said
    assert main(["reindex"]) == 0
    assert "2 files: 2 ready" in capsys.readouterr().out
    assert main([command, str(folder)]) == 0
    assert "stale" not in capsys.readouterr().out


def test_what_an_earlier_version_has_read_is_told_apart(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("FOOTNOTE_CHUNK_TOKENS")
    monkeypatch.setitem(PARSERS, "text/markdown", PARSERS["text/markdown"] + 1)
    assert main(["add", str(folder)]) == 0
    line = "stale: 2 documents were read by an earlier version; `python -m ingest reindex` redoes that"
    assert line in capsys.readouterr().out.splitlines()
    finding = upkeep(lambda *_: None)["settings"](Library(Settings(home=home)))
    assert not finding.good
    assert finding.text.startswith("2 documents read by an earlier version: ")


def test_a_new_time_is_no_other_content(folder: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    """So is what is handed to the workers: neither reads a file anew of which nothing but the time has changed."""
    before = Library(Settings(home=home)).catalogue.documents()
    for arguments, said in (["add"], "2 unchanged"), (["add", "--detach"], "0 queued, 2 unchanged"):
        for path in folder.iterdir():
            path.touch()
        capsys.readouterr()
        assert main([*arguments, str(folder)]) == 0
        out = capsys.readouterr().out
        assert said in out
        assert LINE in out.splitlines()
    assert Library(Settings(home=home)).catalogue.documents() == before
    stat = (folder / "a.md").stat()
    known = Library(Settings(home=home)).catalogue.sources.find("default", str(folder / "a.md"))
    assert known is not None
    assert known.stat.modified_ns == stat.st_mtime_ns, "the next look need not read it"
    (folder / "a.md").write_text("Buoy a is low.")
    assert main(["add", str(folder)]) == 0
    assert "1 ready, 1 unchanged" in capsys.readouterr().out


def test_what_a_person_asks_for_is_read(folder: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["add", str(folder / "a.md")]) == 0
    assert "1 file: 1 ready" in capsys.readouterr().out
    assert main(["add", str(folder), "--set", "chunk_tokens=80"]) == 0
    assert "2 files: 2 ready" in capsys.readouterr().out
    assert [r.options for r in Library(Settings(home=home)).catalogue.documents()] == [{"chunk_tokens": 80}] * 2
    assert main(["add", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "2 unchanged" in said
    assert "stale" not in said
