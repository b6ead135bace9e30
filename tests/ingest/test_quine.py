"""An archive that holds itself is a few documents and one sentence, and leaves nothing when it is removed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.pipeline import File, Pipeline
from ingest.removal import remove
from ingest.taking_out import MOST_NESTED
from rag.settings import Settings
from tests.ingest.make_quine import zip_quine


def test_the_archive_holds_itself():
    quine = zip_quine()
    with zipfile.ZipFile(io.BytesIO(quine)) as archive:
        assert archive.namelist() == ["itself.zip"]
        assert archive.read("itself.zip") == quine


@pytest.mark.slow
def test_it_is_taken_out_of_itself_a_few_times(tmp_path: Path):
    library, path = Library(Settings(home=tmp_path / "home")), tmp_path / "itself.zip"
    path.write_bytes(zip_quine())
    add = Pipeline(library, "default").add
    *taken, refused = add([File(path, str(path))])
    assert [outcome.state for outcome in taken] == ["ready"] * MOST_NESTED
    assert (refused.state, refused.source.count("!/")) == ("failed", MOST_NESTED)
    assert "is an archive that is not unpacked here" in refused.reason
    assert [outcome.state for outcome in add([File(path, str(path))], again=True)] == ["ready"] * MOST_NESTED
    first = library.catalogue.documents()[0].id
    assert [known.source for known in library.catalogue.refused.inside([first])] == [refused.source], "not tried again"
    assert len(library.catalogue.documents()) == MOST_NESTED
    assert len(list((tmp_path / "home/uploads").iterdir())) == 1
    remove(library, [first])
    assert library.catalogue.documents() == []
    assert list((tmp_path / "home/uploads").iterdir()) == []
