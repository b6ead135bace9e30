"""What every VectorIndex promises, whoever is behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from indexes.faiss_index import FaissIndex
from rag.errors import IndexMismatch
from rag.protocols import VectorIndex
from rag.types import Vectors

DIM = 16


def unit(n: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _faiss(_path: Path) -> VectorIndex:
    return FaissIndex(DIM)


KINDS: dict[str, Callable[[Path], VectorIndex]] = {"faiss": _faiss}
IDS = np.arange(100, 150, dtype=np.int64)
ROWS = unit(50)


@pytest.fixture(params=sorted(KINDS))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    made = KINDS[request.param](tmp_path / request.param)
    made.add(IDS, ROWS)
    return made


def test_a_vector_finds_itself_first_with_cosine_one(index: VectorIndex):
    for i in (0, 17, 49):
        found = index.search(ROWS[i], 3)
        assert found.ids[0] == IDS[i]
        assert found.scores[0] == pytest.approx(1, abs=1e-3)
        assert (np.diff(found.scores) <= 0).all()


def test_all_are_returned_for_a_large_k(index: VectorIndex):
    found = index.search(ROWS[0], 1000)
    assert sorted(found.ids) == IDS.tolist()
    assert np.abs(found.scores).max() <= 1
    assert len(index.search(ROWS[0], 0).ids) == 0


def test_scores_ignore_the_length_of_the_query(index: VectorIndex):
    assert index.search(9 * ROWS[3], 5).scores == pytest.approx(index.search(ROWS[3], 5).scores, abs=1e-4)


def test_scores_are_the_exact_cosines(index: VectorIndex):
    query = unit(1, seed=5)[0]
    found = index.search(query, 10)
    exact = np.sort(ROWS @ query)[::-1][:10]
    assert found.scores == pytest.approx(exact, abs=1e-3)


def test_adding_again_replaces(index: VectorIndex):
    index.add(IDS[:5], ROWS[45:])
    assert len(index) == 50
    assert set(index.search(ROWS[45], 2).ids) == {100, 145}
    index.add(IDS, ROWS)
    assert index.search(ROWS[45], 1).ids[0] == 145


def test_an_id_given_twice_at_once_is_kept_once(index: VectorIndex):
    index.add(np.array([7, 7]), ROWS[:2])
    assert len(index) == 51
    assert index.search(ROWS[1], 2).ids.tolist().count(7) == 1


def test_removed_is_gone_at_once(index: VectorIndex):
    index.remove(np.array([100, 100, 999]))
    assert len(index) == 49
    assert 100 not in index.search(ROWS[0], 1000).ids
    index.remove(IDS[:40])
    assert sorted(index.search(ROWS[0], 1000).ids) == IDS[40:].tolist()
    index.remove(IDS)
    assert len(index.search(ROWS[0], 5).ids) == 0


def test_the_filter_comes_before_the_top_k(index: VectorIndex):
    far = int(IDS[np.argmin(ROWS @ ROWS[0])])
    assert index.search(ROWS[0], 1, np.array([far])).ids.tolist() == [far]
    assert len(index.search(ROWS[0], 5, np.array([], dtype=np.int64)).ids) == 0
    index.remove(np.array([far]))
    assert len(index.search(ROWS[0], 5, np.array([far, 4])).ids) == 0


def test_an_empty_index_finds_nothing(index: VectorIndex):
    index.remove(IDS)
    index.add(np.empty(0, np.int64), np.empty((0, DIM), np.float32))
    assert (len(index), len(index.search(ROWS[0], 5).ids)) == (0, 0)


@pytest.mark.parametrize("bad", [np.ones((1, DIM + 1), np.float32), np.full((1, DIM), np.nan, np.float32)])
def test_wrong_vectors_are_refused(index: VectorIndex, bad: Vectors):
    with pytest.raises(IndexMismatch):
        index.add(np.array([1]), bad)
    with pytest.raises(IndexMismatch):
        index.search(bad[0], 3)
    assert len(index) == 50


def test_faiss_keeps_what_it_saved(tmp_path: Path):
    index = FaissIndex(DIM)
    index.add(IDS, ROWS)
    index.remove(IDS[:2])
    index.save(tmp_path / "index")
    again = FaissIndex.open(tmp_path / "index", DIM)
    assert again.search(ROWS[9], 5).ids.tolist() == index.search(ROWS[9], 5).ids.tolist()
    assert len(again) == 48
    with pytest.raises(IndexMismatch, match="reindex"):
        FaissIndex.open(tmp_path / "index", DIM + 1)
