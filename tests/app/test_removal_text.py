"""What the question before a removal says of the files: nothing that is not so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.components.removal_text import consequences, undoing
from app.jobs import JobBoard
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from ingest.removal import remove
from ingest.worker import Worker
from rag.settings import Settings
from tests.ingest.make_files import zipped

pytestmark = pytest.mark.slow

ARCHIVE = zipped({"a.md": b"The harbour opens at six.", "b.md": b"Boats leave with the tide."})
FOUND = "No question will find {} any more."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An uploaded archive with two notes, an uploaded note, and one that was read where it lies."""
    library = Library(Settings(home=tmp_path / "home", undo_days=0))
    JobBoard(library).add([("all.zip", ARCHIVE), ("note.md", b"The buoy is red.")], "default")
    with Worker(library) as worker:
        assert {outcome.state for outcome in worker.work()} == {"ready"}
    (tmp_path / "here.md").write_text("The lamp is lit at dusk.")
    assert [o.state for o in Pipeline(library, "default").add([File(tmp_path / "here.md", str(tmp_path / "here.md"))])]
    return library


def said(library: Library, *names: str) -> list[str]:
    marked = [record for record in library.catalogue.documents() if record.source.rsplit("/", 1)[-1] in names]
    assert len(marked) == len(names)
    return [sentence.replace("\\", "") for sentence in consequences(library, marked)]


def test_of_one_document(library: Library):
    assert said(library, "note.md") == [
        FOUND.format("it"),
        "Its copy in the library is deleted from this computer.",
    ]
    assert said(library, "here.md") == [FOUND.format("it"), "Its file stays where it is."]
    assert said(library, "all.zip") == [
        FOUND.format("it"),
        "The 2 documents inside go, too.",
        "Its copy in the library is deleted from this computer.",
    ]


def test_of_one_that_lies_inside_of_another(library: Library):
    assert said(library, "a.md") == [
        FOUND.format("it"),
        "all.zip stays, and still holds it: added or read again, even unchanged, it brings it back.",
    ]


def test_of_one_that_lies_deeper(library: Library):
    JobBoard(library).add([("outer.zip", zipped({"in.zip": zipped({"c.md": b"The pilot waits."})}))], "default")
    with Worker(library) as worker:
        list(worker.work())
    stays = "outer.zip stays, and still holds it: added or read again, even unchanged, it brings it back."
    assert said(library, "c.md") == [FOUND.format("it"), stays]
    member = next(r for r in library.catalogue.documents() if r.source.endswith("c.md"))
    remove(library, [member.id])
    (kept,) = (library.settings.home / "uploads").glob("*/outer.zip")
    assert [o.state for o in Pipeline(library, "default").add([File(kept, "outer.zip")])][0] == "ready"
    assert library.catalogue.find("default", member.source) is not None, "as it was said"


def test_of_several(library: Library):
    assert said(library, "note.md", "here.md") == [
        FOUND.format("them"),
        "What is kept of them in the library is deleted from this computer.",
        "Files that were read where they lie stay there.",
    ]
    assert said(library, "a.md", "b.md") == [
        FOUND.format("them"),
        "What still lies inside of all.zip comes back when that is added or read again, even unchanged.",
    ]
    assert said(library, "all.zip", "a.md") == [
        FOUND.format("them"),
        "The 1 document inside goes, too.",
        "What is kept of them in the library is deleted from this computer.",
    ]


def test_an_upload_that_is_uploaded_again_brings_it_back(library: Library):
    number = next(r.id for r in library.catalogue.documents() if r.source == "all.zip!/a.md")
    remove(library, [number])
    JobBoard(library).add([("all.zip", ARCHIVE)], "default")
    with Worker(library) as worker:
        list(worker.work())
    assert library.catalogue.find("default", "all.zip!/a.md") is not None


def test_what_can_be_undone_is_deleted_later(library: Library):
    library.settings = replace(library.settings, undo_days=1)
    assert said(library, "note.md")[-1] == "Its copy in the library is deleted from this computer in 1 day."
    assert (undoing(1), undoing(0)) == ("For 1 day this can be undone.", "This cannot be undone.")
