"""A home of every earlier version opens, and nothing in it is lost."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from rag.settings import Settings

HOMES = Path(__file__).parents[1] / "homes"


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.name for path in sorted(HOMES.glob("*.gz"))])
def test_a_home_of_an_earlier_version_opens(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "catalogue.sqlite").write_bytes(gzip.decompress((HOMES / name).read_bytes()))
    (tmp_path / "keyword" / "1").mkdir(parents=True)  # an index of that version is left alone
    library = Library(Settings(home=tmp_path))
    sources = {record.source for record in library.catalogue.documents()}
    assert sources == {"/notes/harbour.md", "/notes/buoy.txt", "/notes/copy.txt"}
    assert {record.source for record in library.catalogue.sources.all("default").values()} == sources
    hit = library.retriever.retrieve("when does the harbour open", 1).hits[0]
    assert hit.chunk.text.endswith("opens at six.")
    library.close()
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    capsys.readouterr()
    assert main(["status"]) == 0
    assert capsys.readouterr().out.count("stale (format)") == 3
    assert Library(Settings(home=tmp_path)).catalogue.identity()
