"""A removed document is gone from every search, and its upload from the disk unless something needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.job_records import NewJob
from indexes.library import Library
from ingest.kept import keep
from ingest.pipeline import File, Pipeline
from ingest.removal import clear_jobs, remove
from rag.settings import Settings

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
