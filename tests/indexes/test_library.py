import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexes.keepers import open_keeper
from indexes.library import Library
from indexes.records import FileStat
from indexes.vector_keeper import InMemory
from ingest.pipeline import File, Loaded, Pipeline
from rag.errors import IndexMismatch, ModelError
from rag.protocols import VectorIndex
from rag.settings import Settings
from rag.types import Block, Document, Scope

TEXTS = {
    "tower": "The Eiffel Tower was finished in 1889.",
    "water": "Water boils at 100 degrees at sea level.",
    "quokka": "The quokka is a small marsupial of Western Australia.",
}


def take_in(library: Library, texts: dict[str, str]) -> None:
    arriving = [
        Loaded(
            File(Path(name), name),
            name,
            FileStat(1, 1, 1),
            Document(text, name, "text/plain", blocks=(Block("paragraph", 0, len(text)),)),
        )
        for name, text in texts.items()
    ]
    assert {outcome.state for outcome in Pipeline(library, "default").take_in(arriving)} == {"ready"}


def nearest(library: Library, question: str) -> str:
    ids = library.dense.search(question, 1, Scope()).ids.tolist()
    return library.catalogue.chunks(ids)[ids[0]].source


@contextmanager
def opened(home: Path, index: str) -> Iterator[Library]:
    library = Library(Settings(home=home, index=index))
    yield library
    library.close()


@pytest.mark.slow
@pytest.mark.parametrize("index", ["faiss", "chroma"])
def test_an_ingest_run_leaves_an_index_that_the_next_process_opens(tmp_path: Path, index: str):
    with opened(tmp_path, index) as library:
        take_in(library, TEXTS)
    with opened(tmp_path, index) as library:
        kept, sequence = open_keeper(library.settings, library.catalogue, library.embedder, library.note).open()
        assert (len(kept), sequence) == (3, library.catalogue.sequence())
    with opened(tmp_path, index) as library:
        assert nearest(library, "animals of Australia") == "quokka"
        library.catalogue.remove(3)
        assert nearest(library, "animals of Australia") != "quokka"
        assert library.notes == []


def test_both_kinds_of_index_rank_alike(tmp_path: Path):
    with opened(tmp_path, "faiss") as one, opened(tmp_path, "chroma") as two:
        take_in(one, TEXTS)
        for question in ("when was the tower built", "boiling point"):
            exact, found = (library.dense.search(question, 3, Scope()) for library in (one, two))
            assert found.ids.tolist() == exact.ids.tolist()
            assert found.scores == pytest.approx(exact.scores, abs=1e-3)


SEARCH = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.indexes.test_library import nearest, opened
with opened(Path({home!r}), "chroma") as library:
    print(nearest(library, "animals of Australia"), len(library.notes))
"""


@pytest.mark.slow
def test_a_second_process_searches_the_catalogues_vectors(tmp_path: Path):
    script = SEARCH.format(root=str(Path(__file__).parents[2]), home=str(tmp_path))
    with opened(tmp_path, "chroma") as library:
        take_in(library, TEXTS)
        assert nearest(library, "animals of Australia") == "quokka"
        child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert child.stdout.split() == ["quokka", "1"]
        assert child.stderr.count("belongs to process") == 1
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (child.stdout.split(), child.stderr) == (["quokka", "0"], "")


class Lossy(InMemory):
    """Opens an index that has seen every change and yet holds nothing."""

    def open(self) -> tuple[VectorIndex, int]:
        return self.renew(), self.sequence

    sequence = 0


def test_an_index_that_lost_rows_is_filled_again(tmp_path: Path):
    with opened(tmp_path, "faiss") as library:
        take_in(library, TEXTS)
        keeper = Lossy(library.embedder.dim)
        keeper.sequence = library.catalogue.sequence()
        library.dense._keeper = keeper
        assert nearest(library, "animals of Australia") == "quokka"


def test_a_note_is_made_once(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with opened(tmp_path, "faiss") as library, caplog.at_level(logging.WARNING):
        library.note("twice")
        library.note("twice")
        assert library.notes == ["twice"]
        assert len(caplog.records) == 1


def test_another_model_under_the_same_name_is_refused(tmp_path: Path):
    with opened(tmp_path, "faiss") as library:
        take_in(library, TEXTS)
        number, canaries = library.catalogue.embedders.canaries(library.embedder.fingerprint) or (0, None)
        library.catalogue.database.execute(
            "UPDATE embedders SET canaries = ? WHERE id = ?", ((-canaries).tobytes(), number)
        )  # type: ignore[operator,union-attr]
    with opened(tmp_path, "faiss") as library, pytest.raises(IndexMismatch, match="reindex"):
        nearest(library, "animals")


def test_documents_are_searched_by_their_own_embedder_where_the_setting_cannot_be_opened(tmp_path: Path):
    library = Library(Settings(home=tmp_path))
    take_in(library, TEXTS)
    library.close()
    library = Library(Settings(home=tmp_path, embedder=str(tmp_path / "no-model")))
    assert nearest(library, "a marsupial") == "quokka"
    assert library.embedder.name == "minilm"
    (note,) = library.notes
    assert note.startswith("FOOTNOTE_EMBEDDER=")
    assert "until then 'minilm' is used" in note


def test_the_first_documents_need_the_embedder_of_the_settings(tmp_path: Path):
    library = Library(Settings(home=tmp_path, embedder=str(tmp_path / "no-model")))
    with pytest.raises(ModelError, match="is no folder and no name of a model"):
        library.embedder  # noqa: B018
