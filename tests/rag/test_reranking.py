import numpy as np
import pytest

from rag.fusion import blend
from rag.reranking import reordered
from tests.rag.hits import a_hit


def scores(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_both_scores_are_scaled_and_weighed():
    assert blend(scores(0.9, 0.5, 0.1), scores(0.2, 0.2, 0.6), 0.25).tolist() == pytest.approx([0.75, 0.375, 0.25])
    assert blend(scores(0.9, 0.5), scores(3, 7), 1).tolist() == [0, 1]
    assert blend(scores(0.9, 0.5), scores(3, 7), 0).tolist() == [1, 0]


def test_scores_that_do_not_differ_change_no_order():
    assert blend(scores(0.9, 0.5), scores(0.3, 0.3), 0.5).tolist() == [1, 0.5]
    assert len(blend(scores(), scores(), 0.5)) == 0


def test_the_hits_that_were_not_read_stay_below():
    hits = [a_hit(n, f"text {n}", score=1 - n / 10) for n in range(1, 6)]
    found = reordered(hits, scores(0.1, 0.2, 0.9), 1)
    assert [hit.chunk.id for hit in found] == [3, 2, 1, 4, 5]
    assert [hit.score for hit in found] == pytest.approx([1, 0.65, 0.6, 0.6, 0.5])
    assert [hit.origin for hit in found] == ["reranked"] * 3 + ["fused"] * 2


def test_equal_hits_keep_the_order_of_the_search():
    hits = [a_hit(n, "same", score=0.5) for n in (4, 2, 9)]
    assert [hit.chunk.id for hit in reordered(hits, scores(0.5, 0.5, 0.5), 0.5)] == [4, 2, 9]
