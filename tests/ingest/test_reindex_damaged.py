"""Documents whose bytes were damaged after they were read: `reindex` keeps their passages and tries none in vain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.cli import main
from tests.ingest.make_files import docx, paragraph, zipped

pytestmark = pytest.mark.slow

BAD = b"PK\x03\x04 nothing"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[tuple[str, str]]]:
    """The exit code, and what became of each file, in the order in which it was told."""
    capsys.readouterr()
    code = main([*map(str, arguments), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, [(Path(row["source"]).name, row["state"]) for row in rows if row.get("source")]


@pytest.mark.usefixtures("home")
def test_they_are_told_and_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "d"
    plain, inner = (docx(paragraph(text)) for text in ("The buoy is red.", "The pier is long."))
    folder.mkdir()
    (folder / "plain.docx").write_bytes(plain)
    (folder / "all.zip").write_bytes(zipped({"inner.docx": inner, "a.md": "A buoy is red."}))
    assert main(["sync", str(folder)]) == 0
    (folder / "plain.docx").write_bytes(BAD)
    (folder / "all.zip").write_bytes(zipped({"inner.docx": BAD, "a.md": "A buoy is red."}))
    assert main(["sync", str(folder)]) == 1
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    still = [("plain.docx", "unreadable"), ("inner.docx", "unreadable")]
    code, told = run(capsys, "reindex")
    assert (code, sorted(told)) == (1, sorted([*still, ("all.zip", "ready"), ("a.md", "ready")]))
    code, told = run(capsys, "reindex")
    assert (code, sorted(told)) == (1, sorted(still)), "from the second run on they are stale by themselves"
    assert main(["reindex"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-2].startswith("1 file: 0 ready, 0 unchanged, 0 failed, 1 still not readable; 1 file inside: 1 still")
    assert said[-1].startswith("2 documents stay stale")
    assert main(["sync", str(folder)]) == 0
    assert "1 still not readable; inside of files: 1 still not readable" in capsys.readouterr().out
    (folder / "plain.docx").write_bytes(plain)
    (folder / "all.zip").write_bytes(zipped({"inner.docx": inner, "a.md": "A buoy is red."}))
    assert main(["sync", str(folder)]) == 0
    assert main(["reindex"]) == 0
