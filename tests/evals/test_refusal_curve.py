"""Refusing on four questions that can be counted, and its areas beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest

from app.wiring import THRESHOLD
from evals.asking import Asked, Said
from evals.record import RunRecord, estimates
from evals.refusal import THRESHOLDS, choices
from evals.refusal_curve import (
    calibration,
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
from rag.demands import read_demand

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


def test_the_calibration_error_counts_every_question_the_same():
    assert calibration(ROWS) == pytest.approx((0.1 + 0.8 + 0.4 + 0.1) / 4), "each has a bin of its own"
    chance = [0.0, 0.2, 0.4, 0.6] + [0.8] * 16
    wrong = [0, 1, 1, 0] + [0, 1, 1, 1] + [0] * 12
    rows = np.array([[one, 0, 0, is_wrong] for one, is_wrong in zip(chance, wrong, strict=True)])
    bins = [abs(0.2 - 1), abs(1.0 - 1), abs(1.6 - 1), abs(1.6 - 0), *[abs(1.6 - 2)] * 6]
    assert calibration(rows) == pytest.approx(sum(bins) / 20)
    assert calibration(rows[::-1]) == pytest.approx(sum(bins) / 20)


def test_a_run_can_be_held_to_its_calibration_error_over_all_questions():
    asked = [
        Asked("q1", "?", ("x",), is_answerable=True, said=Said("x", False, 0.9, 1.0, 0.3), metrics={"contained": 1.0}),
        Asked("q2", "?", ("x",), is_answerable=True, said=Said("y", False, 0.6, 1.0), metrics={"contained": 0.0}),
        Asked("q3", "?", (), is_answerable=False, said=Said("", True, 0.1, 1.0)),
    ]
    found = estimates(RunRecord("tiny", "a", {"threshold": 0.2}, {}, {}, "", {}, {}, tuple(asked)))
    assert found["calibration"].mean == pytest.approx((0.1 + 0.3 + 0.6 + 0.1) / 4), "also q1 without its passages"
    assert read_demand("calibration<=.28").failure(found) is None
    assert read_demand("calibration<=.05").failure(found) == "calibration is 0.2750, but must be <= 0.05"
