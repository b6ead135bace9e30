"""A collection follows its folder, as a plan first and then in fact."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from rag.settings import Settings
from tests.ingest.make_files import zipped

pytestmark = pytest.mark.slow

TEXTS = {"a.md": "The harbour opens at six.", "b.md": "Boats leave with the tide.", "sub/c.md": "A buoy is red."}


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


@pytest.mark.parametrize("patterns", [("--include", "*.pdf"), ("--exclude", "b*"), ("--exclude", "sub/")])
def test_patterns_given_once_remove_nothing(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path, patterns: tuple[str, str]
):
    run(capsys, "sync", folder)
    left = (
        {name.rsplit("/")[-1] for name in TEXTS} if "*.pdf" in patterns else {"b.md"} if "b*" in patterns else {"c.md"}
    )
    for extra in (["--dry-run"], []):
        code, rows = run(capsys, "sync", folder, *patterns, *extra)
        assert (code, planned(rows)) == (0, {"left alone": left})
        assert all("--include or --exclude" in row["reason"] for row in rows)
    assert len(documents(home)) == 3
    assert main(["sync", str(folder), *patterns]) == 0
    assert f"{3 - len(left)} unchanged" in (said := capsys.readouterr().out)
    assert f"{len(left)} left alone" in said
    assert "--dry-run names those left alone" in said
    assert not any(name in said for name in left)


def test_what_patterns_leave_out_is_removed_when_it_is_gone_or_ignored(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path
):
    run(capsys, "sync", folder)
    (folder / "a.md").unlink()
    (folder / "sub" / ".footnoteignore").write_text("c.md\n")
    code, rows = run(capsys, "sync", folder, "--include", "*.pdf", "--allow-empty")
    assert (code, planned(rows)) == (0, {"removed": {"a.md", "c.md"}, "left alone": {"b.md"}})
    assert [Path(record.source).name for record in documents(home)] == ["b.md"]


def test_a_newly_ignored_file_leaves(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    (folder / ".footnoteignore").write_text("b.md\n/sub/\n")
    code, rows = run(capsys, "sync", folder)
    assert (code, planned(rows)) == (0, {"removed": {"b.md", "c.md"}})
    assert all("ignored" in row["reason"] for row in rows)
    assert [Path(record.source).name for record in documents(home)] == ["a.md"]
    assert planned(run(capsys, "sync", folder)[1]) == {}


def test_files_that_were_named_stay_and_are_followed(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    (folder / "log").write_text("The pier is long.")
    (folder / ".hidden.md").write_text("The quay is wide.")
    run(capsys, "add", folder / "log", folder / ".hidden.md")
    assert planned(run(capsys, "sync", folder)[1])["left alone"] == {".hidden.md"}
    (folder / "log").write_text("The pier is short.")
    assert planned(run(capsys, "sync", folder)[1]) == {"changed": {"log"}, "left alone": {".hidden.md"}}
    (folder / "log").unlink()
    (folder / ".hidden.md").unlink()
    assert planned(run(capsys, "sync", folder)[1]) == {"removed": {"log", ".hidden.md"}}
    assert len(documents(home)) == 3


def test_a_link_in_the_place_of_a_file_is_none(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    (folder / "a.md").unlink()
    (folder / "a.md").symlink_to(folder / "b.md")
    assert planned(run(capsys, "sync", folder)[1]) == {"removed": {"a.md"}}
    assert len(documents(home)) == 2


@pytest.mark.usefixtures("home")
def test_what_is_no_file_is_told(capsys: pytest.CaptureFixture[str], folder: Path):
    for number in range(7):
        (folder / f"link{number}.md").symlink_to(folder / "a.md")
    os.mkfifo(folder / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "s.md"))
        for command in ("sync", "add"):
            assert main([command, str(folder)]) == 0
            said = capsys.readouterr().out
            assert "passed by: 7 links (not followed" in said
            assert f"{folder}/link0.md, " in said
            assert "link4.md and 2 more" in said
            assert f"1 pipe (not waited for: it holds nothing by itself): {folder}/pipe.md" in said
            assert f"1 socket (not asked: it holds nothing by itself): {folder}/s.md" in said
        assert main(["sync", str(folder)]) == 0
        said = capsys.readouterr().out
        assert "passed by: 7 links, 1 pipe, 1 socket" in said, "by name they were told before"
        assert "link0.md" not in said
        skipped = {
            row["source"]: row["reason"] for row in run(capsys, "sync", folder)[1] if row.get("state") == "skipped"
        }
        assert len(skipped) == 9
        assert "It is a pipe" in skipped[f"{folder}/pipe.md"]


@pytest.mark.usefixtures("home")
def test_the_last_line_tallies_with_what_was_found(capsys: pytest.CaptureFixture[str], folder: Path):
    (folder / "all.zip").write_bytes(zipped({"d.md": "A mast.", "bad.pdf": b"%PDF-1.7 nothing"}))
    (folder / "worse.pdf").write_bytes(b"%PDF-1.7 no")
    (folder / "x.odd").write_text("?")
    lines = []
    for command in ("sync", "sync", "add"):
        main([command, str(folder)])
        lines.append(capsys.readouterr().out.splitlines()[-1])
    (folder / "a.md").write_text("The harbour opens at seven.")
    (folder / "b.md").rename(folder / "boats.md")
    main(["sync", str(folder)])
    lines.append(capsys.readouterr().out.splitlines()[-1])
    inside = "2 files inside: 1 ready, 1 failed"
    still = "inside of files: 1 still not readable"
    assert lines == [
        f"6 files: 4 ready, 0 unchanged, 1 failed, 1 skipped; {inside}; 4 passages read",
        "plan: 0 added, 0 changed, 0 moved, 0 removed, 4 unchanged, 1 still not readable, 1 skipped; "
        + f"{still} (--dry-run names those still not readable)",
        "6 files: 0 ready, 4 unchanged, 0 failed, 1 skipped, 1 still not readable; "
        "2 files inside: 1 unchanged, 1 still not readable; 0 passages read",
        "6 files: 1 ready, 2 unchanged, 0 failed, 1 moved, 1 skipped, 1 still not readable; "
        "2 files inside: 1 unchanged, 1 still not readable; 1 passage read",
    ]
