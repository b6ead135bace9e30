import numpy as np
import pytest

from rag.types import Ranking
from rag.weights import DEFAULT_WEIGHT, WEIGHTS, Probe, best_weight, gains

N = 100


def ranking(*ids: int) -> Ranking:
    return Ranking(np.array(ids), np.linspace(1, 0, len(ids), dtype=np.float32))


def probe(*, dense_is_right: bool, number: int) -> Probe:
    """One searcher finds passage 7 first, the other one not at all."""
    right, wrong = ranking(7, *range(100, 159)), ranking(*range(200 + number, 260 + number))
    pair = (right, wrong) if dense_is_right else (wrong, right)
    return Probe(*pair, frozenset({7}))


@pytest.mark.parametrize("dense_is_right", [True, False])
def test_the_searcher_that_finds_the_passages_gets_the_weight(dense_is_right: bool):
    rows = [gains(probe(dense_is_right=dense_is_right, number=n)) for n in range(N)]
    weight = best_weight(rows)
    assert weight > DEFAULT_WEIGHT + 0.05 if dense_is_right else weight <= DEFAULT_WEIGHT


def test_without_a_difference_it_stays_at_the_default():
    assert best_weight([np.ones(len(WEIGHTS))] * N) == DEFAULT_WEIGHT


def test_a_large_gain_outweighs_the_default():
    assert best_weight([WEIGHTS] * N) == WEIGHTS[-1]
    assert best_weight([-WEIGHTS] * N) == WEIGHTS[0]


def test_a_passage_below_the_tenth_counts_nothing():
    far = Probe(ranking(*range(50)), ranking(*range(50)), frozenset({30}))
    assert gains(far).tolist() == [0] * len(WEIGHTS)
    first = Probe(ranking(*range(50)), ranking(*range(50)), frozenset({0, 30}))
    assert gains(first).tolist() == [1] * len(WEIGHTS)
