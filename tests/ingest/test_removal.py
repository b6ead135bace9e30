"""A removed document is gone from every search, and its upload from the disk unless something needs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexes.job_records import NewJob
from indexes.library import Library
from ingest.cli import main
from ingest.kept import keep
from ingest.pipeline import File, Pipeline
from ingest.removal import clear_jobs, remove
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
        assert main(["remove", named if named != "1" else str(number)]) == 0
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
        assert main(["remove", member]) == 0
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
