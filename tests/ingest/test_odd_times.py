"""Files whose times no table can hold are files like any other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from rag.settings import Settings

pytestmark = pytest.mark.slow

FAR_NS = 13_569_465_600 * 10**9
"""The first of January 2400."""


@pytest.mark.parametrize("command", ["add", "sync"])
def test_a_time_after_the_year_2262_stops_nothing(
    home: Path, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(f"Boat {name} leaves with the tide.")
    os.utime(folder / "b.txt", ns=(FAR_NS, FAR_NS))
    if (folder / "b.txt").stat().st_mtime_ns <= 2**63:
        pytest.skip("this file system holds no such time")
    for said in ("3 ready", "3 unchanged"):
        assert main([command, str(folder)]) == 0
        assert said in capsys.readouterr().out
    assert main(["show", str(folder / "b.txt")]) == 0
    assert "as it was read" in capsys.readouterr().out
    (folder / "b.txt").write_text("No boat leaves today.")
    os.utime(folder / "b.txt", ns=(FAR_NS + 1, FAR_NS + 1))
    assert main([command, str(folder)]) == 0
    library = Library(Settings(home=home))
    record = library.catalogue.find("default", str(folder / "b.txt"))
    assert record is not None
    assert library.catalogue.text(record.id) == "No boat leaves today."
