"""The two kinds of linear model, on data whose truth is known."""

import numpy as np
import pytest

from training.fitting import fit_chance, fit_lists

TRUTH = np.array([2.0, -1.0, 0.0])


def lists(n: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        rows = rng.normal(size=(8, 3)).astype(np.float32)
        right = np.zeros(8, dtype=np.float32)
        right[int((rows @ TRUTH + rng.gumbel(size=8)).argmax())] = 1
        found.append((rows, right))
    return found


def test_the_weights_that_made_the_lists_are_found():
    found = fit_lists([lists(3000, 0)], 1e-5)
    np.testing.assert_allclose(found, TRUTH, atol=0.15)


def test_every_set_counts_the_same_whatever_its_size():
    few, many = lists(300, 1), [(rows, right[::-1].copy()) for rows, right in lists(3000, 2)]
    both = fit_lists([few, many], 1e-4)
    repeated = fit_lists([few, many * 2], 1e-4)
    np.testing.assert_allclose(both, repeated, atol=0.02)


def test_lists_without_a_right_or_a_wrong_item_teach_nothing():
    taught = lists(500, 3)
    rows = taught[0][0]
    idle = [(rows, np.zeros(8, np.float32)), (rows, np.ones(8, np.float32))]
    np.testing.assert_allclose(fit_lists([taught], 1e-3), fit_lists([taught + idle], 1e-3), atol=1e-4)


def test_the_scale_of_a_value_does_not_matter():
    taught = lists(500, 4)
    wide = [(rows * np.array([1, 100, 1], np.float32), right) for rows, right in taught]
    one, other = fit_lists([taught], 1e-3), fit_lists([wide], 1e-3)
    np.testing.assert_allclose(one[1], 100 * other[1], rtol=0.02)


def test_a_chance_is_calibrated_where_both_kinds_are_as_many():
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(20_000, 3)).astype(np.float32)
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-(rows @ TRUTH)))).astype(np.float32)
    weights = fit_chance([(rows, labels)], 1.0)
    chance = 1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1])))
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        within = (chance >= low) & (chance < low + 0.2)
        assert chance[within].mean() == pytest.approx(labels[within].mean(), abs=0.03)
