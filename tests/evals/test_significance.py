"""Intervals and paired tests beside scipy's, and on cases that can be counted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evals.significance import difference, difference_of, estimate, estimate_of

RANDOM = np.random.default_rng(7)
FIRST = RANDOM.normal(0.5, 0.2, 60)
SECOND = FIRST + RANDOM.normal(0.04, 0.12, 60)


def mean(rows: np.ndarray) -> float:
    return float(rows[:, 0].mean())


def test_the_interval_is_that_of_scipy():
    theirs = stats.bootstrap((FIRST,), np.mean, n_resamples=10_000, method="percentile", rng=1).confidence_interval
    ours = estimate(FIRST)
    assert ours.mean == pytest.approx(FIRST.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.005)


def test_the_p_value_is_that_of_scipy():
    theirs = stats.permutation_test(
        (SECOND - FIRST,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1
    ).pvalue
    assert difference(FIRST, SECOND).p == pytest.approx(theirs, abs=0.01)


def test_every_sign_counted_by_hand():
    """Three questions that all got better by the same: 2 of the 8 sign patterns are as far out."""
    found = difference(np.zeros(3), np.full(3, 0.2))
    assert found.p == pytest.approx(2 / 8, abs=0.02)
    assert (found.won, found.lost, found.tied) == (3, 0, 0)
    assert found.low == found.high == pytest.approx(0.2)


def test_runs_that_are_equal_do_not_differ():
    found = difference(FIRST, FIRST)
    assert (found.mean, found.p, found.tied) == (0, 1, 60)


def test_who_is_compared_with_whom_turns_the_sign_alone():
    one, other = difference(FIRST, SECOND), difference(SECOND, FIRST)
    assert one.mean == pytest.approx(-other.mean)
    assert one.p == pytest.approx(other.p, abs=0.01)


def test_a_figure_of_all_questions_agrees_with_the_mean_where_it_is_one():
    rows, others = FIRST[:, None], SECOND[:, None]
    general, plain = estimate_of(mean, rows), estimate(FIRST)
    assert (general.mean, general.low, general.high) == pytest.approx((plain.mean, plain.low, plain.high), abs=0.01)
    assert difference_of(mean, rows, others).p == pytest.approx(difference(FIRST, SECOND).p, abs=0.02)
