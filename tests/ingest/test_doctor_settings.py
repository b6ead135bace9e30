"""The doctor tells of a setting that cannot be used, which is no damage and nothing to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.library import Library
from ingest import doctor
from ingest.doctor import examine
from ingest.files import File
from ingest.pipeline import Pipeline
from rag.errors import ModelError
from rag.settings import Settings

pytestmark = pytest.mark.slow


def test_a_reranker_that_cannot_be_opened_is_named(tmp_path: Path):
    library = Library(Settings(home=tmp_path, reranker="no-such-model"))
    (bad,) = [finding for finding in examine(library) if not finding.good]
    assert bad.what == "reranker"
    assert bad.text.startswith("FOOTNOTE_RERANKER='no-such-model' is no folder")
    assert bad.cure is None


@pytest.mark.parametrize("has_documents", [True, False])
def test_an_embedder_that_cannot_be_opened_is_named_and_no_damage(tmp_path: Path, has_documents: bool):
    if has_documents:
        (tmp_path / "note.md").write_text("The harbour opens at six.")
        file = File(tmp_path / "note.md", str(tmp_path / "note.md"))
        assert [found.state for found in Pipeline(Library(Settings(home=tmp_path)), "default").add([file])] == ["ready"]
    gone = str(tmp_path / "model")
    (bad,) = [finding for finding in examine(Library(Settings(home=tmp_path, embedder=gone))) if not finding.good]
    assert (bad.what, bad.cure) == ("embedder", None)
    assert bad.text.startswith(f"FOOTNOTE_EMBEDDER={gone!r} is no folder")


def test_without_a_reranker_there_is_nothing_to_tell(tmp_path: Path):
    found = {finding.what: finding for finding in examine(Library(Settings(home=tmp_path, reranker="none")))}
    assert found["reranker"].good
    assert found["reranker"].text == "none"
    assert found["bundled model"].good


def test_what_reads_is_told_of_without_a_reranker_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def lost() -> None:
        raise ModelError("joint.safetensors has changed")

    monkeypatch.setattr(doctor, "check_shipped", lost)
    (bad,) = [finding for finding in examine(Library(Settings(home=tmp_path, reranker="none"))) if not finding.good]
    assert (bad.what, bad.text) == ("bundled model", "joint.safetensors has changed")
