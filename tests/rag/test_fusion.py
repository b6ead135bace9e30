import numpy as np
import pytest

from rag.fusion import fuse
from rag.types import Ranking


def ranking(**scores: float) -> Ranking:
    pairs = sorted(scores.items(), key=lambda pair: -pair[1])
    ids = np.array([int(name[1:]) for name, _ in pairs], dtype=np.int64)
    return Ranking(ids, np.array([score for _, score in pairs], dtype=np.float32))


EMPTY = ranking()


def test_scores_are_scaled_and_weighed():
    fused = fuse(ranking(c1=0.9, c2=0.5, c3=0.1), ranking(c2=30, c4=20, c3=10), 0.4)
    assert dict(zip(fused.ids.tolist(), fused.scores.tolist(), strict=True)) == pytest.approx(
        {2: 0.8, 1: 0.4, 4: 0.3, 3: 0}
    )
    assert fused.ids.tolist() == [2, 1, 4, 3]


def test_a_list_in_which_one_hit_stands_out_counts_more():
    level = ranking(**{f"c{n}": 1 - n / 40 for n in range(20)})
    peaked = ranking(**{f"c{n}": 0.1 - n / 1000 for n in range(20, 39)}, c39=9)
    assert fuse(level, peaked, 0.5).ids[0] == fuse(peaked, level, 0.5).ids[0] == 39
    assert fuse(level, peaked, 0.5).scores[0] == pytest.approx(fuse(peaked, level, 0.5).scores[0])
    assert fuse(level, peaked, 0.5).scores[0] > 0.6


@pytest.mark.parametrize(("weight", "first"), [(1.0, 1), (0.0, 2)])
def test_the_whole_weight_makes_one_search(weight: float, first: int):
    assert fuse(ranking(c1=0.9, c2=0.5), ranking(c2=30, c1=10), weight).ids[0] == first


def test_one_list_alone_counts_whole():
    assert fuse(ranking(c1=0.9, c2=0.5), EMPTY, 0.1).scores.tolist() == [1, 0]
    assert fuse(EMPTY, ranking(c7=3), 0.9).ids.tolist() == [7]
    assert len(fuse(EMPTY, EMPTY, 0.5).ids) == 0


def test_equal_scores_are_no_division_by_zero():
    assert fuse(ranking(c1=0.5, c2=0.5), ranking(c3=1), 0.5).scores.tolist() == pytest.approx([0.5, 0.5, 0.5])
    assert fuse(ranking(c1=0.5, c2=0.5), ranking(c1=2, c2=1), 0.5).ids.tolist() == [1, 2]
