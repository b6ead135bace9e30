"""Refusing on four questions that can be counted, and its areas beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest

from app.wiring import THRESHOLD
from evals.refusal import THRESHOLDS, choices
from evals.refusal_curve import (
    f1,
    precision,
    recall,
    recall_at,
    refused_below,
    risk_area,
    risk_coverage,
    roc_area,
    threshold_curve,
    threshold_for,
)
from evals.significance import Values

ROWS = np.array(
    [  # answerability, refused, should be, answer wrong
        [0.9, 0, 0, 0],
        [0.8, 0, 1, 1],
        [0.4, 1, 0, 1],
        [0.1, 1, 1, 1],
    ]
)


def test_by_hand():
    assert precision(ROWS) == recall(ROWS) == f1(ROWS) == 0.5
    coverage, risk = risk_coverage(ROWS)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk == pytest.approx([0, 1 / 2, 2 / 3, 3 / 4])
    assert risk_area(ROWS) == pytest.approx((1 / 2 + 2 / 3 + 3 / 4) / 4)


def test_who_refuses_nothing_is_never_wrong_to_refuse():
    rows = np.array([[0.9, 0, 0, 0], [0.8, 0, 1, 1]])
    assert (precision(rows), recall(rows), f1(rows)) == (1, 0, 0)


def test_the_most_that_a_precise_threshold_refuses():
    yes, no = np.array([0.2, 0.6, 0.7, 0.8, 0.9]), np.array([0.1, 0.1, 0.3, 0.75])
    assert recall_at(1.0, yes, no) == 0.5
    assert recall_at(0.75, yes, no) == 0.75, "with 0.3 one of five answerable is refused: .75 / (.75 + .2) = .79"
    assert recall_at(0.6, yes, no) == 1
    assert recall_at(0.9, np.array([0.1]), np.array([0.2])) == 0
    assert recall_at(0.9, no, np.array([])) == 0


YES, NO = np.array([0.2, 0.6, 0.7, 0.8, 0.9]), np.array([0.1, 0.1, 0.3, 0.75])


@pytest.mark.parametrize(
    ("threshold", "precision", "recall", "wrongly"),
    [
        (0.1, 1.0, 0.0, 0.0),  # what is as likely as the threshold is answered
        (0.15, 1.0, 0.5, 0.0),
        (0.3, 0.5 / 0.7, 0.5, 0.2),
        (0.5, 0.75 / 0.95, 0.75, 0.2),
        (1.0, 0.5, 1.0, 1.0),
    ],
)
def test_what_a_threshold_refuses(threshold: float, precision: float, recall: float, wrongly: float):
    found = refused_below(threshold, YES, NO)
    assert (found.precision, found.recall, found.wrongly) == pytest.approx((precision, recall, wrongly))


@pytest.mark.parametrize(
    ("wanted", "yes", "no", "threshold"),
    [
        (0.9, YES, NO, 0.2),
        (0.75, YES, NO, 0.6),
        (0.5, YES, NO, 1.0),
        (0.9, NO, YES, None),
        (0.9, YES, NO[:0], None),
        (0.9, YES[:0], NO, None),
    ],
)
def test_the_threshold_for_a_precision(wanted: float, yes: Values, no: Values, threshold: float | None):
    found = threshold_for(wanted, yes, no)
    assert (found and found.threshold) == threshold
    assert found is None or found.recall <= recall_at(wanted, yes, no)


def test_a_threshold_can_be_chosen_by_its_precision():
    lines = list(choices({"one": (YES, NO), "other": (NO, YES)}, 0.8))
    [now] = [line for line in lines if "as it is set" in line]
    assert now.split() == [f"{THRESHOLD:.2f},", "as", "it", "is", "set", "0.500", "0.333", "0.333", "(3", "of", "9)"]
    assert lines[-3:] == ["  all sets: none", "  one: 0.20 (recall 0.500)", "  other: none"]
    assert len(lines) == 1 + len({THRESHOLD, *THRESHOLDS}) + 5


def test_the_area_is_that_of_scikit_learn_also_with_ties():
    from sklearn.metrics import roc_auc_score  # takes seconds, which every run of any test would wait for

    random = np.random.default_rng(3)
    rows = np.stack([random.integers(0, 9, 200) / 9, *random.integers(0, 2, (3, 200))], axis=1)
    assert roc_area(rows) == pytest.approx(roc_auc_score(1 - rows[:, 2], rows[:, 0]))


def test_the_curve_says_what_a_threshold_would_refuse():
    thresholds, answerable, unanswerable = threshold_curve(ROWS)
    at = int(np.argmin(np.abs(thresholds - 0.5)))
    assert (answerable[at], unanswerable[at]) == (0.5, 0.5)
    assert (answerable[0], unanswerable[0], answerable[-1], unanswerable[-1]) == (0, 0, 1, 1)
