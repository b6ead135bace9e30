"""A move to another collection that is killed on the way: the document is in one of the two, whole, and found there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evals.failing_disk import Fault, compiled, run
from evals.steps import moments
from indexes.library import Library
from ingest.doctor import examine
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from rag.types import Scope

pytestmark = pytest.mark.slow

_MOVE = ("-m", "ingest", "move", "1", "--to", "harbour")


def test_a_document_is_in_one_collection_whenever_a_move_is_killed(tmp_path: Path):
    if compiled() is None:
        pytest.skip("a disk is made to fail by a small C library, and there is no C compiler")
    buoy = tmp_path / "buoy.md"
    buoy.write_text("The buoy is red.")
    library = Library(Settings(home=tmp_path / "home"))
    assert [one.state for one in Pipeline(library, "default").add([File(buoy, str(buoy))])] == ["ready"]
    library.checkpoint()
    library.close()
    copies = [shutil.copytree(tmp_path / "home", tmp_path / f"home-{n}") for n in range(6)]
    plain = run(copies[0], _MOVE, tmp_path / "log")
    assert plain.code == 0, plain.errors
    seen = {_where(copies[0])}
    numbers = moments(plain.steps)
    for copy, number in zip(copies[1:], numbers[:: max(1, len(numbers) // 5)], strict=False):
        run(copy, _MOVE, tmp_path / "log", Fault(number, "kill"))
        seen.add(_where(copy))
        assert run(copy, _MOVE, tmp_path / "log").code == 0, "it can be asked for again, done or not"
        assert _where(copy) == "harbour"
    assert seen == {"default", "harbour"}, "it was killed before and after"


def _where(home: Path) -> str:
    """The collection in which the document is, as the catalogue and every search say."""
    library = Library(Settings(home=home))
    (record,) = library.catalogue.documents()
    for collection in ("default", "harbour"):
        hits = library.retriever.retrieve("red buoy", 3, Scope(collections=(collection,))).hits
        assert [hit.chunk.text for hit in hits] == ["The buoy is red."] * (collection == record.collection)
    library.checkpoint()
    assert [finding.text for finding in examine(library) if not finding.good] == []
    library.close()
    return record.collection
