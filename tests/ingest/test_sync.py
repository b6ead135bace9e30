"""A collection follows its folder, as a plan first and then in fact."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from rag.settings import Settings

pytestmark = pytest.mark.slow

TEXTS = {"a.md": "The harbour opens at six.", "b.md": "Boats leave with the tide.", "sub/c.md": "A buoy is red."}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    for name, text in TEXTS.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict]]:
    capsys.readouterr()
    code = main([*map(str, arguments), "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def planned(rows: list[dict]) -> dict[str, set[str]]:
    """Kind -> names of the files in a plan."""
    found: dict[str, set[str]] = {}
    for row in rows:
        if "plan" in row:
            found.setdefault(row["plan"], set()).add(Path(row["source"]).name)
    return found


def test_added_changed_moved_and_removed(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    code, rows = run(capsys, "sync", folder, "--dry-run")
    assert (code, planned(rows)) == (0, {"added": {"a.md", "b.md", "c.md"}})
    assert not Library(Settings(home=home)).catalogue.documents()
    assert run(capsys, "sync", folder)[0] == 0
    before = {Path(r.source).name: r.id for r in Library(Settings(home=home)).catalogue.documents()}
    assert planned(run(capsys, "sync", folder)[1]) == {}
    (folder / "a.md").write_text("The harbour opens at seven.")
    (folder / "b.md").rename(folder / "sub" / "boats.md")
    (folder / "sub/c.md").unlink()
    (folder / "d.md").write_text("The pier is long.")
    expected = {"added": {"d.md"}, "changed": {"a.md"}, "moved": {"boats.md"}, "removed": {"c.md"}}
    assert planned(run(capsys, "sync", folder, "--dry-run")[1]) == expected
    code, rows = run(capsys, "sync", folder)
    assert (code, planned(rows)) == (0, expected)
    library = Library(Settings(home=home))
    after = {Path(record.source).name: record.id for record in library.catalogue.documents()}
    assert after.keys() == {"a.md", "boats.md", "d.md"}
    assert after["boats.md"] == before["b.md"]
    assert after["a.md"] == before["a.md"]
    assert [hit.chunk.text for hit in library.retriever.retrieve("buoy red", 5).hits if "buoy" in hit.chunk.text] == []
    assert "tide" in library.retriever.retrieve("when do boats leave", 1).hits[0].chunk.text
    assert planned(run(capsys, "sync", folder)[1]) == {}


def test_a_new_time_alone_changes_nothing(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    sequence = Library(Settings(home=home)).catalogue.sequence()
    for name in TEXTS:
        os.utime(folder / name)
    assert planned(run(capsys, "sync", folder)[1]) == {}
    assert Library(Settings(home=home)).catalogue.sequence() == sequence


def test_the_same_bytes_under_two_names_leave_one_by_one(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    shutil.copy(folder / "a.md", folder / "copy.md")
    run(capsys, "sync", folder)
    library = Library(Settings(home=home))
    (record,) = [record for record in library.catalogue.documents() if record.also]
    assert {Path(record.source).name, *(Path(name).name for name in record.also)} == {"a.md", "copy.md"}
    Path(record.source).unlink()
    assert planned(run(capsys, "sync", folder)[1]) == {"removed": {Path(record.source).name}}
    left = library.catalogue.document(record.id)
    assert (left.source, left.also) == (record.also[0], ())
    (folder / Path(left.source).name).write_text("Something else.")
    assert planned(run(capsys, "sync", folder)[1]) == {"changed": {Path(left.source).name}}
    assert library.catalogue.text(record.id) == "Something else."


def test_one_of_two_names_gets_other_bytes(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    shutil.copy(folder / "a.md", folder / "copy.md")
    run(capsys, "sync", folder)
    (folder / "copy.md").write_text("No harbour at all.")
    run(capsys, "sync", folder)
    texts = {Path(r.source).name: Library(Settings(home=home)).catalogue.text(r.id) for r in documents(home)}
    assert texts["a.md"] == TEXTS["a.md"]
    assert texts["copy.md"] == "No harbour at all."
    assert not [record for record in documents(home) if record.also]


def documents(home: Path) -> list:
    return Library(Settings(home=home)).catalogue.documents()


def test_an_empty_folder_is_no_order_to_remove_everything(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    shutil.rmtree(folder)
    assert run(capsys, "sync", folder)[0] == 2
    folder.mkdir()
    assert run(capsys, "sync", folder)[0] == 2
    assert len(documents(home)) == 3
    assert run(capsys, "sync", folder, "--allow-empty")[0] == 0
    assert documents(home) == []


def test_other_folders_and_collections_are_left_alone(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path, tmp_path: Path
):
    other = tmp_path / "notes-2"
    other.mkdir()
    (other / "x.md").write_text("Elsewhere.")
    run(capsys, "add", other)
    run(capsys, "sync", folder, "--collection", "harbour")
    (folder / "a.md").unlink()
    assert planned(run(capsys, "sync", folder, "--collection", "harbour")[1]) == {"removed": {"a.md"}}
    assert {record.collection for record in documents(home)} == {"default", "harbour"}


def test_a_failed_file_is_tried_again(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    assert run(capsys, "sync", folder)[0] == 1
    assert planned(run(capsys, "sync", folder)[1]) == {"added": {"broken.pdf"}}
    assert len(documents(home)) == 3
