"""A removed document is gone from every search, and its upload from the disk unless something needs it."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from indexes.catalogue import Catalogue
from indexes.catalogue_file import NAME
from indexes.database import Database
from indexes.job_records import NewJob
from indexes.library import Library
from indexes.sources import Sources
from ingest.backup import back_up
from ingest.cli import main
from ingest.kept import keep
from ingest.pipeline import File, Pipeline
from ingest.removal import Removal, clear_jobs, remove
from ingest.worker import Worker
from rag.settings import Settings
from tests.ingest.make_files import zipped

NOTE = b"The harbour opens at six."


@pytest.mark.slow
def test_it_is_gone_everywhere(tmp_path: Path):
    library = Library(Settings(home=tmp_path))
    upload = keep(tmp_path, "note.md", NOTE)
    for collection in ("a", "b"):
        (outcome,) = Pipeline(library, collection).add([File(upload.path, "note.md")])
        assert outcome.state == "ready"
    first, second = (record.id for record in library.catalogue.documents())
    assert len(library.retriever.retrieve("harbour", 5).hits) == 1  # two alike are shown once
    assert remove(library, [first, 999]) == 1
    assert upload.path.exists()
    library.jobs.add("batch", "c", [NewJob("note.md", str(upload.path))])
    assert remove(library, [second]) == 1
    assert upload.path.exists()  # it is still to be read for another collection
    library.jobs.cancel_batch("batch")
    assert upload.path.exists()  # it may be tried again
    clear_jobs(library)
    assert not upload.path.parent.exists()
    assert library.retriever.retrieve("harbour", 5).hits == ()
    (again,) = Pipeline(library, "a").add([File(keep(tmp_path, "note.md", NOTE).path, "note.md")])
    assert remove(library, [again.document or 0]) == 1
    assert not upload.path.parent.exists()


@pytest.mark.slow
def test_what_went_with_an_archive_is_said(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    archive = tmp_path / "all.zip"
    archive.write_bytes(zipped({"a.md": b"The harbour opens at six.", "in.zip": zipped({"b.md": b"Boats leave."})}))
    for named in (str(archive), "1"):
        assert main(["add", str(archive)]) == 0
        number = min(record.id for record in Library(Settings(home=home)).catalogue.documents())
        capsys.readouterr()
        assert main(["remove", "--for-good", named if named != "1" else str(number)]) == 0
        assert capsys.readouterr().out == f"removed {number} {archive} and the 3 documents inside it\n"


@pytest.mark.slow
def test_of_a_file_inside_of_another_it_is_said_when_it_comes_back(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "all.zip").write_bytes(zipped({"a.md": b"The harbour opens at six.", "b.md": b"Boats leave."}))
    member = f"{folder / 'all.zip'}!/a.md"

    def sources() -> list[str]:
        return [record.source for record in Library(Settings(home=home)).catalogue.documents()]

    assert main(["add", str(folder)]) == 0
    for again in ("add", "sync"):
        number = next(r.id for r in Library(Settings(home=home)).catalogue.documents() if r.source == member)
        capsys.readouterr()
        assert main(["remove", "--for-good", member]) == 0
        assert capsys.readouterr().out == (
            f"removed {number} {member}\nit is still inside of all.zip, and comes back with the next add, sync or "
            "upload of all.zip, even unchanged, and with a reindex that reads it\n"
        )
        assert member not in sources()
        assert main([again, str(folder)]) == 0
        assert member in sources(), "as it was said"
    capsys.readouterr()
    assert main(["remove", member, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["held_by"] == str(folder / "all.zip")
    assert main(["remove", str(folder / "all.zip"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["held_by"] is None


@pytest.mark.slow
def test_a_removed_document_is_not_listed_as_ready(tmp_path: Path):
    library = Library(Settings(home=tmp_path))
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"The harbour of {name} opens at six.")
        library.jobs.add("batch", "default", [NewJob(name, str(tmp_path / name))])
    with Worker(library) as worker:
        first, second = worker.work()
    assert remove(library, [first.document or 0]) == 1
    assert [job.source for job in library.jobs.jobs()] == [second.source]
    assert library.jobs.counts() == {"ready": 1}


def test_a_name_in_two_collections_is_asked_for(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    note = tmp_path / "note.md"
    note.write_text("The harbour opens at six.")
    for collection in ("work", "home"):
        assert main(["add", str(note), "--collection", collection]) == 0
    assert main(["remove", str(note)]) == 2
    assert "2 documents (name one by its number, or say --collection work or home)" in capsys.readouterr().err
    assert main(["remove", str(note), "--collection", "home"]) == 0
    assert [record.collection for record in Library(Settings(home=home)).catalogue.documents()] == ["work"]


def taken_in(library: Library, folder: Path, texts: dict[str, str]) -> dict[str, int]:
    """Name -> document."""
    paths = {name: folder / name for name in texts}
    for name, path in paths.items():
        path.write_text(texts[name])
    outcomes = list(Pipeline(library, "default").add([File(path, name) for name, path in paths.items()]))
    assert {outcome.state for outcome in outcomes} == {"ready"}
    return {outcome.source: outcome.document or 0 for outcome in outcomes}


def left(home: Path, words: Iterable[str], *more: Path) -> set[str]:
    """Which of these words can be read in the catalogue, in the files beside it, or in these."""
    content = b"".join(path.read_bytes() for path in (*home.glob(f"{NAME}*"), *more))
    return {word for word in words if word.encode() in content}


def secrets_of(n: int) -> dict[str, str]:
    """Name -> text, short ones and long ones, each with a word of its own in every paragraph."""
    chance = random.Random(7)
    sizes = [chance.choice([1, 1, 2, 5, 40]) for _ in range(n)]
    return {f"{i}.md": "\n\n".join([f"The harbour knows quokka{i}x. " * 3] * size) for i, size in enumerate(sizes)}


@pytest.mark.slow
def test_no_word_of_what_was_removed_or_replaced_can_be_read_in_the_catalogue(tmp_path: Path):
    home = tmp_path / "home"
    with closing(Library(Settings(home=home))) as library:
        texts = secrets_of(40)
        numbers = taken_in(library, tmp_path, texts)
        words = {name: f"quokka{name.removesuffix('.md')}x" for name in texts}
        assert left(home, words.values()) == set(words.values())
        gone, replaced = list(texts)[::3], list(texts)[1::3]
        assert remove(library, [numbers[name] for name in gone]) == len(gone)
        assert not left(home, (words[name] for name in gone))
        taken_in(library, tmp_path, dict.fromkeys(replaced, "The harbour is closed."))
        assert not left(home, (words[name] for name in [*gone, *replaced]))
        back_up(library, tmp_path / "all.backup")
        stays = {words[name] for name in list(texts)[2::3]}
        assert left(tmp_path / "nowhere", words.values(), tmp_path / "all.backup") == stays


@pytest.mark.slow
def test_a_reader_keeps_the_log_and_is_not_waited_for(tmp_path: Path):
    home = tmp_path / "home"
    with closing(Library(Settings(home=home))) as library:
        number = taken_in(library, tmp_path, {"a.md": "The harbour knows quokka."})["a.md"]
        with closing(Catalogue(home)) as reader, reader.database.reading():
            assert reader.text(number)
            start = time.monotonic()
            assert remove(library, [number]) == 1
            assert time.monotonic() - start < 20
            assert reader.text(number)
        library.checkpoint()
        assert not left(home, ["quokka"])


@pytest.mark.slow
def test_what_was_removed_before_an_end_by_force_is_overwritten_as_well(tmp_path: Path):
    home = tmp_path / "home"
    with closing(Library(Settings(home=home))) as library:
        number = taken_in(library, tmp_path, {"a.md": "The harbour knows quokka."})["a.md"]
        with pytest.raises(KeyboardInterrupt), Removal(library) as removal:
            assert removal.documents([number])
            raise KeyboardInterrupt
        assert not left(home, ["quokka"])


@pytest.mark.slow
def test_a_backup_leaves_out_what_an_earlier_version_did_not_wipe(tmp_path: Path):
    home = tmp_path / "home"
    with closing(Library(Settings(home=home))) as library:
        numbers = taken_in(library, tmp_path, secrets_of(3))
        library.catalogue.database.execute("PRAGMA secure_delete = OFF")
        assert remove(library, numbers.values()) == 3
        assert left(home, ["quokka"])
        back_up(library, tmp_path / "all.backup")
        assert not left(tmp_path / "nowhere", ["quokka"], tmp_path / "all.backup")


@pytest.mark.slow
def test_a_folder_says_how_many_files_it_has_first(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """One that only begins alike is another one."""
    for folder in ("notes", "notes2"):
        (tmp_path / folder / "deep").mkdir(parents=True)
        (tmp_path / folder / "a.md").write_text(f"The harbour of {folder} opens at six.")
        (tmp_path / folder / "deep" / "b.zip").write_bytes(zipped({"c.md": f"A buoy of {folder} is red.".encode()}))
        assert main(["add", str(tmp_path / folder)]) == 0
    notes = str(tmp_path / "notes")
    capsys.readouterr()
    assert main(["remove", notes]) == 2
    assert f"{notes!r} is a folder with 2 files of the library (in default): --yes removes" in capsys.readouterr().err
    assert main(["show", notes]) == 2
    assert f"{notes!r} is a folder with 2 files of the library: name one of them" in capsys.readouterr().err
    assert len(Library(Settings(home=home)).catalogue.documents()) == 6
    assert main(["remove", notes, "--yes", "--for-good"]) == 0
    assert capsys.readouterr().out == f"removed 2 files of {notes}\n"
    left_over = [record.source for record in Library(Settings(home=home)).catalogue.documents()]
    assert len(left_over) == 3
    assert all(source.startswith(f"{notes}2/") for source in left_over)
    assert (tmp_path / "notes" / "a.md").exists()
    monkeypatch.chdir(f"{notes}2")
    assert main(["remove", "", "--yes"]) == 2, "as of a variable that is not set: it is not the present folder"
    assert len(Library(Settings(home=home)).catalogue.documents()) == 3


@pytest.mark.slow
def test_many_names_cost_what_a_few_do(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What can be named is read once, and the log is emptied once, after all are out."""
    notes = [tmp_path / f"note{n}.md" for n in range(6)]
    for n, note in enumerate(notes):
        note.write_text(f"The boat with the word zyx{n}q leaves at {n}.")
    assert main(["add", str(tmp_path)]) == 0
    calls = []
    for owner, name in ((Catalogue, "documents"), (Sources, "all"), (Database, "empty_log")):
        spied(monkeypatch, owner, name, calls)
    assert main(["remove", *map(str, notes[:5])]) == 0
    assert sorted(calls) == ["all", "documents", "empty_log"]
    monkeypatch.undo()
    assert not any(f"zyx{n}q".encode() in (home / NAME).read_bytes() for n in range(5))
    assert not (home / f"{NAME}-wal").exists() or not (home / f"{NAME}-wal").stat().st_size


def spied(patch: pytest.MonkeyPatch, owner: type, name: str, calls: list[str]) -> None:
    own = getattr(owner, name)

    def told(*given: object) -> object:
        calls.append(name)
        return own(*given)

    patch.setattr(owner, name, told)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["name", "number", "page"])
def test_a_newer_version_on_its_way_does_not_bring_it_back(
    home: Path, tmp_path: Path, how: str, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "files"
    folder.mkdir()
    note, other = folder / "note.md", folder / "other.md"
    note.write_text("The harbour opens at six.")
    assert main(["add", str(folder)]) == 0
    note.write_text("The harbour opens at seven.")
    other.write_text("Boats leave at nine.")
    assert main(["add", "--detach", str(folder)]) == 0
    capsys.readouterr()
    library = Library(Settings(home=home))
    if how == "page":
        assert remove(library, [1]) == 1
    else:
        assert main(["remove", {"name": str(note), "number": "1"}[how]]) == 0
        assert f"1 file on the way in cancelled: {note}" in capsys.readouterr().out
    assert main(["worker", "--once"]) == 0
    assert [record.source for record in library.catalogue.documents()] == [str(other)]


@pytest.mark.slow
def test_files_of_a_folder_that_are_on_their_way_in_do_not_come_after_it_went(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "first.md").write_text("The harbour opens at six.")
    assert main(["add", str(folder), "--detach"]) == 0
    assert main(["remove", str(folder), "--yes"]) == 2
    assert "is a folder with 1 file on the way in: `python -m ingest jobs` lists" in capsys.readouterr().err
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    assert main(["add", str(folder)]) == 1
    assert main(["worker", "--once"]) == 0
    (folder / "second.md").write_text("The harbour closes at ten.")
    assert main(["add", str(folder), "--detach"]) == 0
    assert main(["remove", str(folder), "--yes"]) == 0
    said = capsys.readouterr().out
    assert "on the way in cancelled: " in said
    assert str(folder / "second.md") in said
    assert "failed" not in Library(Settings(home=home)).jobs.counts()
    assert main(["worker", "--once"]) == 0
    assert Library(Settings(home=home)).catalogue.documents() == []
