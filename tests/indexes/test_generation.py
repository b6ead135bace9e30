import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexes.catalogue import Catalogue
from indexes.generation import Generations
from indexes.ownership import Ownership
from indexes.records import NewChunk
from indexes.vector_keeper import catch_up
from rag.protocols import VectorIndex
from rag.types import Scope
from tests.indexes.test_catalogue import a_document, vectors

N = 40
TEXT = "Alpha beta. " * N
CUT = [NewChunk(12 * i, 12 * i + 11, "", "", None, None) for i in range(N)]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    catalogue = Catalogue(tmp_path)
    put(catalogue, "a", seed=1)
    return catalogue


def put(catalogue: Catalogue, source: str, *, seed: int) -> int:
    number = catalogue.embedders.register("print", "tiny", 8, vectors())
    return catalogue.put(a_document(source, TEXT), CUT, vectors(N, seed), number)


class Kept:
    """Generations over a catalogue, and what they said."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.notes: list[str] = []
        self.generations = Generations(catalogue, "print", 8, self.notes.append)

    def checkpoint(self) -> Path:
        name = self.generations.checkpoint(1)
        assert name is not None
        return self.folder / name

    @property
    def folder(self) -> Path:
        return self.generations._folder

    def opened(self) -> VectorIndex:
        index, sequence = self.generations.open()
        assert catch_up(index, self.catalogue, 1, sequence) == self.catalogue.sequence()
        return index


def assert_right(index: VectorIndex, catalogue: Catalogue) -> None:
    """Every vector of the catalogue finds itself, and there are no others."""
    ids, rows = catalogue.vectors(1, catalogue.chunk_ids(Scope()))
    assert len(index) == len(ids)
    assert [int(index.search(row, 1).ids[0]) for row in rows] == ids.tolist()


def test_a_generation_is_opened_and_newer_rows_come_from_the_catalogue(catalogue: Catalogue):
    kept = Kept(catalogue)
    kept.checkpoint()
    index, sequence = kept.generations.open()
    assert (len(index), sequence) == (N, catalogue.sequence())
    put(catalogue, "a", seed=2)
    put(catalogue, "b", seed=3)
    assert_right(kept.opened(), catalogue)
    assert kept.notes == []


def test_due_when_many_rows_are_newer(catalogue: Catalogue):
    kept = Kept(catalogue)
    assert kept.generations.is_due()
    kept.checkpoint()
    assert not kept.generations.is_due()
    for seed in range(5):
        put(catalogue, str(seed), seed=seed)
    kept.checkpoint()
    assert not kept.generations.is_due()
    put(catalogue, "one of seven", seed=9)
    assert not kept.generations.is_due()
    catalogue.remove(1)
    assert kept.generations.is_due()


def test_the_last_two_are_kept(catalogue: Catalogue):
    kept = Kept(catalogue)
    (kept.folder / "gen-000007.tmp").mkdir(parents=True)
    for seed in range(4):
        put(catalogue, "a", seed=seed)
        kept.checkpoint()
    assert sorted(path.name for path in kept.folder.iterdir() if path.is_dir()) == ["gen-000003", "gen-000004"]
    assert_right(kept.opened(), catalogue)


def test_one_at_a_time(catalogue: Catalogue):
    kept = Kept(catalogue)
    owner = Ownership.take(kept.folder)
    assert owner is not None
    assert kept.generations.checkpoint(1) is None
    owner.release()
    kept.checkpoint()


def _flip(at: float) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[int(at * (len(data) - 1))] ^= 4
        path.write_bytes(data)

    return harm


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.slow
@pytest.mark.parametrize("harm", [*map(_flip, np.linspace(0, 1, 12).tolist()), _halve, Path.unlink])
@pytest.mark.parametrize("name", ["index.faiss", "MANIFEST.json"])
def test_damage_is_never_served(catalogue: Catalogue, name: str, harm: Callable[[Path], None]):
    kept = Kept(catalogue)
    directory = kept.checkpoint()
    put(catalogue, "b", seed=5)
    harm(directory / name)
    assert_right(kept.opened(), catalogue)
    assert len(kept.notes) <= 1
    if name == "index.faiss":
        assert name in kept.notes[0]
    kept.checkpoint()
    kept.notes.clear()
    assert_right(kept.opened(), catalogue)
    assert kept.notes == [], "the next generation is whole again"


def test_two_generations_swapped_are_not_served(catalogue: Catalogue):
    kept = Kept(catalogue)
    one = kept.checkpoint()
    put(catalogue, "a", seed=2)
    two = kept.checkpoint()
    one.rename(kept.folder / "aside")
    two.rename(one)
    (kept.folder / "aside").rename(two)
    assert_right(kept.opened(), catalogue)
    assert len(kept.notes) == 1


def test_another_embedders_generation_is_not_served(catalogue: Catalogue):
    kept = Kept(catalogue)
    kept.checkpoint()
    other = Generations(catalogue, "other print", 8, kept.notes.append)
    assert len(other.open()[0]) == 0
    shutil.copytree(kept.folder, other._folder)
    catalogue.embedders.set_generation(other._key, "gen-000001", catalogue.sequence())
    assert len(other.open()[0]) == 0
    assert "another" in kept.notes[0]
