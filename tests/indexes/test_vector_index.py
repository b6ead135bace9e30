"""What every VectorIndex promises, whoever is behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from indexes.chroma_index import ChromaIndex
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


def _chroma(path: Path) -> VectorIndex:
    return ChromaIndex(path, DIM)


KINDS: dict[str, Callable[[Path], VectorIndex]] = {"chroma": _chroma, "faiss": _faiss}
IDS = np.arange(100, 150, dtype=np.int64)
ROWS = unit(50)


@pytest.fixture(params=sorted(KINDS))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    made = KINDS[request.param](tmp_path / request.param)
    made.add(IDS, ROWS)
    yield made
    if isinstance(made, ChromaIndex):
        made.close()


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


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[VectorIndex, VectorIndex]]:
    """20,000 rows in clumps, as texts lie, in both kinds."""
    chroma = ChromaIndex(tmp_path_factory.mktemp("large"), DIM)
    pair = (FaissIndex(DIM), chroma)
    for index in pair:
        index.add(np.arange(20_000), LARGE)
    yield pair
    chroma.close()


LARGE = np.repeat(unit(400, seed=1), 50, axis=0) + 0.2 * unit(20_000, seed=2)
LARGE /= np.linalg.norm(LARGE, axis=1, keepdims=True)


@pytest.mark.slow
def test_both_kinds_find_the_same(large: tuple[VectorIndex, VectorIndex]):
    faiss, chroma = large
    for query in LARGE[::1000] + 0.1 * unit(20, seed=3):
        exact, found = faiss.search(query, 10), chroma.search(query, 10)
        assert found.ids.tolist() == exact.ids.tolist()
        assert found.scores == pytest.approx(exact.scores, abs=1e-4)
        assert len(np.intersect1d(faiss.search(query, 200).ids, chroma.search(query, 200).ids)) >= 170


@pytest.mark.slow
def test_one_allowed_among_many_is_found(large: tuple[VectorIndex, VectorIndex]):
    nearly_all = np.arange(1, 20_000)
    for index in large:
        for wanted in (0, 7_777, 19_999):
            assert index.search(LARGE[5], 10, np.array([wanted])).ids.tolist() == [wanted]
        assert index.search(LARGE[0], 10, nearly_all).ids.tolist() == index.search(LARGE[0], 11).ids.tolist()[1:]


@pytest.mark.slow
def test_ten_thousand_are_removed_at_once(large: tuple[VectorIndex, VectorIndex]):
    for index in large:
        index.remove(np.arange(10_000))
        assert len(index) == 10_000
        assert index.search(LARGE[123], 500).ids.min() >= 10_000
        assert len(index.search(LARGE[123], 50_000).ids) == 10_000


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
