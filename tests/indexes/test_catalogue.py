import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexes.catalogue import Catalogue
from indexes.records import FileStat, NewChunk, NewDocument
from rag.errors import InputError, StoreError
from rag.types import Document, Page, Scope

TEXT = "Alpha beta. Gamma delta."


def a_document(source: str, text: str = TEXT, collection: str = "default") -> NewDocument:
    document = Document(text, source.title(), "text/plain", (Page(1, 0, len(text)),), metadata={"language": "en"})
    return NewDocument(collection, source, "0" * 64, FileStat(len(text), 1, 1), "f", document)


CHUNKS = [NewChunk(0, 11, "", "", 1, 1), NewChunk(12, 24, "Top", "a | b", 1, 1)]


def vectors(n: int = 2, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "home")


@pytest.fixture
def embedder(catalogue: Catalogue) -> int:
    return catalogue.embedders.register("print", "tiny", 8, vectors())


def test_a_document_comes_whole(catalogue: Catalogue, embedder: int):
    number = catalogue.put(a_document("a.txt"), CHUNKS, vectors(), embedder)
    chunks = catalogue.chunks_of(number)
    assert [chunk.text for chunk in chunks] == ["Alpha beta.", "Gamma delta."]
    assert [TEXT[chunk.start : chunk.end] for chunk in chunks] == [chunk.text for chunk in chunks]
    assert catalogue.text(number) == TEXT
    assert catalogue.pages(number) == [Page(1, 0, 24)]
    assert catalogue.document(number).metadata == {"language": "en"}
    ids, rows = catalogue.vectors(embedder, catalogue.chunk_ids(Scope()))
    assert list(ids) == [chunk.id for chunk in chunks]
    assert (rows * vectors()).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_a_part_of_a_document_is_read_without_the_rest(catalogue: Catalogue, embedder: int):
    number = catalogue.put(a_document("a.txt"), CHUNKS, vectors(), embedder)
    first, second = catalogue.chunks_of(number)
    assert catalogue.chunks_of(number, 1, 5) == [second]
    assert catalogue.chunks_of(number, 0, 1) == [first]
    assert catalogue.chunks_within(number, first.start, first.end) == [first]
    assert catalogue.chunks_within(number, first.end - 1, second.start + 1) == [first, second]
    assert catalogue.chunks_within(number, second.end, second.end + 9) == []


def test_a_new_version_keeps_the_number_and_replaces_the_chunks(catalogue: Catalogue, embedder: int):
    number = catalogue.put(a_document("a.txt"), CHUNKS, vectors(), embedder)
    old = [chunk.id for chunk in catalogue.chunks_of(number)]
    seen = catalogue.sequence()
    assert catalogue.put(a_document("a.txt", "Alpha beta."), CHUNKS[:1], vectors(1), embedder) == number
    changes = catalogue.changes(seen)
    assert changes.sequence == seen + 1
    assert list(changes.removed) == old
    assert list(changes.added) == [chunk.id for chunk in catalogue.chunks_of(number)]
    assert not set(old) & set(changes.added.tolist())
    assert catalogue.chunks(old) == {}


def test_removed_is_gone_and_known_as_removed(catalogue: Catalogue, embedder: int):
    number = catalogue.put(a_document("a.txt"), CHUNKS, vectors(), embedder)
    ids = catalogue.chunk_ids(Scope())
    seen = catalogue.sequence()
    assert catalogue.remove(number)
    assert not catalogue.remove(number)
    assert sorted(catalogue.changes(seen).removed) == sorted(ids)
    assert catalogue.documents() == []
    assert len(catalogue.vectors(embedder, ids)[0]) == 0
    with pytest.raises(InputError, match="python -m ingest list"):
        catalogue.document(number)


def test_a_failed_change_leaves_no_trace(catalogue: Catalogue, embedder: int):
    seen = catalogue.sequence()
    broken = [CHUNKS[0], NewChunk(0, 5, "", "", 1, None), None]
    with pytest.raises(AttributeError):
        catalogue.put(a_document("a.txt"), broken, vectors(3), embedder)  # type: ignore[list-item]
    assert (catalogue.documents(), catalogue.sequence(), catalogue.collections()) == ([], seen, {})


@pytest.mark.parametrize("damaged", [b"", b"\x00" * 3, b"\x00\x7e" * 8, b"\x00" * 32, "text"])
def test_a_damaged_vector_counts_as_none(catalogue: Catalogue, embedder: int, damaged: bytes | str):
    catalogue.put(a_document("a"), CHUNKS, vectors(), embedder)
    catalogue.database.execute("UPDATE vectors SET vector = ? WHERE chunk_id = 1", (damaged,))
    ids, rows = catalogue.vectors(embedder, np.array([1, 2]))
    assert (ids.tolist(), rows.shape) == ([2], (1, 8))


def test_scope_is_the_meeting_of_collections_and_documents(catalogue: Catalogue, embedder: int):
    one = catalogue.put(a_document("a.txt", collection="one"), CHUNKS, vectors(), embedder)
    two = catalogue.put(a_document("a.txt", collection="two"), CHUNKS, vectors(), embedder)
    assert catalogue.collections() == {"one": 1, "two": 1}
    assert len(catalogue.chunk_ids(Scope())) == 4
    assert len(catalogue.chunk_ids(Scope(collections=("one",)))) == 2
    assert len(catalogue.chunk_ids(Scope(documents=(two,)))) == 2
    assert len(catalogue.chunk_ids(Scope(("one",), (two,)))) == 0
    found = catalogue.find("one", "a.txt")
    assert found is not None
    assert found.id == one
    assert catalogue.find("one", "b.txt") is None


def test_names_are_data(catalogue: Catalogue, embedder: int):
    source = "../'; DROP TABLE documents; --\n\U0001f600.txt"
    catalogue.put(a_document(source, collection='a"]'), CHUNKS, vectors(), embedder)
    assert [record.source for record in catalogue.documents('a"]')] == [source]


def test_not_a_database_is_said_in_a_sentence(tmp_path: Path):
    (tmp_path / "catalogue.sqlite").write_bytes(b"not a database, but long enough to be read as one " * 20)
    with pytest.raises(StoreError, match="is no catalogue"):
        Catalogue(tmp_path)


def test_an_emptied_catalogue_is_no_new_library(tmp_path: Path):
    Catalogue(tmp_path).close()
    (tmp_path / "keyword").mkdir()
    Catalogue(tmp_path).close()
    (tmp_path / "catalogue.sqlite").write_bytes(b"")
    with pytest.raises(StoreError, match="missing or empty"):
        Catalogue(tmp_path)


def test_a_newer_catalogue_is_refused(tmp_path: Path):
    catalogue = Catalogue(tmp_path)
    catalogue.database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer"):
        Catalogue(tmp_path)


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from indexes.catalogue import Catalogue
from tests.indexes.test_catalogue import CHUNKS, a_document, vectors
catalogue = Catalogue(Path({home!r}))
embedder = catalogue.embedders.register("print", "tiny", 8, vectors())
for n in range(10**6):
    catalogue.put(a_document(f"{{n % 7}}.txt"), CHUNKS, vectors(), embedder)
    print(n, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("round_", range(10))
def test_killed_at_any_moment_every_document_is_whole(tmp_path: Path, round_: int):
    script = WRITER.format(root=str(Path(__file__).parents[2]), home=str(tmp_path))
    for _ in range(2):
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(3 + round_ * 2):
            acknowledged = int(child.stdout.readline())
        child.kill()
        child.wait()
        child.stdout.close()
        catalogue = Catalogue(tmp_path)
        assert len(catalogue.documents()) >= min(7, acknowledged + 1)
        for record in catalogue.documents():
            chunks = catalogue.chunks_of(record.id)
            assert [chunk.text for chunk in chunks] == ["Alpha beta.", "Gamma delta."]
            assert len(catalogue.vectors(1, np.array([chunk.id for chunk in chunks]))[0]) == record.n_chunks
        assert catalogue.check() == "ok"
        catalogue.close()


def test_one_value_is_asked_for_to_the_end_of_its_statement(catalogue: Catalogue):
    """Where a change that returns a number is kept only at its end, a disk that is full is met there."""
    with pytest.raises(StoreError, match="integer overflow"):
        catalogue.database.one("SELECT abs(column1) FROM (VALUES (1), (-9223372036854775808))")
