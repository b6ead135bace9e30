"""Documents that change their collection, collections that change their name, and documents that are read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs import JobBoard
from indexes.library import Library
from ingest.cli import main
from ingest.doctor import examine
from ingest.removal import remove
from ingest.shelving import delete, move, read_again, rename
from ingest.worker import Worker
from rag.errors import InputError
from rag.settings import Settings
from rag.types import Scope
from tests.ingest.make_files import zipped
from tests.ingest.working import take_in, work

pytestmark = pytest.mark.slow


@pytest.fixture(params=["faiss", "chroma"])
def library(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Library]:
    opened = Library(Settings(home=tmp_path / "home", index=request.param))
    take_in(opened, ("buoy.md", b"The buoy is red."), ("lamp.md", b"The lamp is lit at dusk."))
    yield opened
    opened.close()


def number(library: Library, source: str, collection: str = "default") -> int:
    record = library.catalogue.find(collection, source)
    assert record is not None
    return record.id


def found(library: Library, question: str, *collections: str) -> list[tuple[str, str]]:
    hits = library.retriever.retrieve(question, 5, Scope(collections=collections)).hits
    return [(hit.chunk.source, hit.chunk.collection) for hit in hits]


def is_sound(library: Library) -> bool:
    library.checkpoint()
    return all(finding.good for finding in examine(library))


def test_a_moved_document_is_found_in_its_new_collection_alone(library: Library):
    assert found(library, "red buoy", "default")[0] == ("buoy.md", "default")
    ids = {chunk.id for chunk in library.catalogue.chunks_of(number(library, "buoy.md"))}
    assert move(library, [number(library, "buoy.md")], " harbour ").n == 1
    assert found(library, "red buoy", "harbour") == [("buoy.md", "harbour")]
    assert "buoy.md" not in [source for source, _ in found(library, "red buoy", "default")]
    assert library.catalogue.collections() == {"default": 1, "harbour": 1}
    assert ids.isdisjoint(library.catalogue.chunk_documents()), "an index that keeps the collection would be wrong"
    assert is_sound(library)
    take_in(library, ("new.md", b"A new one."))
    assert is_sound(library)


def test_what_is_inside_comes_along_and_does_not_go_alone(library: Library):
    take_in(library, ("all.zip", zipped({"a.md": b"The harbour opens at six.", "b.md": b"Boats leave at noon."})))
    done = move(library, [number(library, "all.zip!/a.md")], "harbour")
    assert done.n == 0
    assert "lies inside of all.zip" in done.left[0][1]
    assert move(library, [number(library, "all.zip!/a.md"), number(library, "all.zip")], "harbour").n == 1
    assert found(library, "harbour opens", "harbour")[0] == ("all.zip!/a.md", "harbour")
    assert library.catalogue.collections() == {"default": 2, "harbour": 3}
    assert is_sound(library)
    remove(library, [number(library, "all.zip", "harbour")])
    assert library.catalogue.collections() == {"default": 2, "harbour": 0}, "they are still members of their file"


def test_what_is_still_taken_out_of_a_file_holds_it_where_it_is(library: Library):
    JobBoard(library).add([("all.zip", zipped({"a.md": b"The harbour opens at six."}))], "default")
    with Worker(library) as worker:
        next(worker.work())
    holder = number(library, "all.zip")
    waiting = [job.source for job in library.jobs.inside([holder]) if not job.is_finished]
    assert waiting == ["all.zip!/a.md"]
    assert "on their way in" in move(library, [holder], "harbour").left[0][1]
    work(library)
    assert move(library, [holder], "harbour").n == 1
    assert library.catalogue.find("harbour", "all.zip!/a.md") is not None


def test_a_name_that_is_taken_stays_where_it_is(library: Library):
    take_in(library, ("buoy.md", b"The other buoy is green."), collection="harbour")
    done = move(library, [number(library, "buoy.md"), number(library, "lamp.md")], "harbour")
    assert done.n == 1
    assert [source for source, _ in done.left] == ["buoy.md"]
    assert library.catalogue.collections() == {"default": 1, "harbour": 2}
    assert is_sound(library)


def test_a_collection_gets_another_name(library: Library):
    rename(library, "default", "notes")
    assert found(library, "red buoy", "notes")[0] == ("buoy.md", "notes")
    assert found(library, "red buoy", "default") == []
    assert is_sound(library)
    take_in(library, ("x.md", b"x y z"), collection="other")
    with pytest.raises(InputError, match="already"):
        rename(library, "notes", "other")
    with pytest.raises(InputError, match="there is no collection 'gone'"):
        rename(library, "gone", "z")
    with pytest.raises(InputError, match="cannot name a collection"):
        rename(library, "notes", "\n")
    JobBoard(library).add([("y.md", b"coming")], "notes")
    with pytest.raises(InputError, match="on their way"):
        rename(library, "notes", "z")


def test_a_collection_goes_with_its_documents(library: Library):
    take_in(library, ("x.md", b"The pilot waits."), collection="other")
    assert delete(library, "default") == 2
    assert library.catalogue.collections() == {"other": 1}
    assert found(library, "red buoy") == found(library, "pilot")
    assert list((library.settings.home / "uploads").glob("*/buoy.md")) == []
    assert is_sound(library)


def test_a_document_is_read_again_though_nothing_has_changed(library: Library):
    document = number(library, "buoy.md")
    before = library.catalogue.document(document)
    chunks = [chunk.id for chunk in library.catalogue.chunks_of(document)]
    assert read_again(library, [document]).n == 1
    assert found(library, "red buoy")[0][0] == "buoy.md", "until then it is found as before"
    assert work(library) == ["ready"]
    after = library.catalogue.document(document)
    assert (after.fingerprint, after.source) == (before.fingerprint, "buoy.md")
    assert [chunk.id for chunk in library.catalogue.chunks_of(document)] != chunks
    assert is_sound(library)


def test_one_whose_file_is_gone_stays_and_says_so(library: Library):
    document = number(library, "buoy.md")
    for path in (library.settings.home / "uploads").glob("*/buoy.md"):
        path.unlink()
    done = read_again(library, [document, number(library, "lamp.md")])
    assert done.n == 1
    assert "its file is gone" in done.left[0][1]
    assert work(library) == ["ready"]
    assert found(library, "red buoy")[0][0] == "buoy.md"


def test_the_commands_move_rename_and_delete(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("FOOTNOTE_HOME", str(library.settings.home))
    monkeypatch.setenv("FOOTNOTE_INDEX", library.settings.index)
    library.close()
    assert main(["move", "buoy.md", "--to", "harbour"]) == 0
    assert "moved 1 document to harbour" in capsys.readouterr().out
    assert main(["move", "lamp.md", "--to", "\n"]) == 2
    assert "cannot name a collection" in "".join(capsys.readouterr())
    assert main(["collections", "harbour", "--rename", "port"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in told[:2]] == ["default", "port"]
    assert told[2].startswith("on the disk: ")
    assert main(["collections", "port", "--delete"]) == 2
    assert "'port' has 1 document: --yes removes them" in capsys.readouterr().err
    assert main(["collections", "port", "--delete", "--yes"]) == 0
    assert "port" not in capsys.readouterr().out
    assert main(["collections", "--delete"]) == 2
