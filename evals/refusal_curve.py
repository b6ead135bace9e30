"""How well a run refuses: precision, recall and F1 at its threshold, the whole curve that other thresholds lie on, and
how far what it says of its chances is from what comes of them.

To refuse is the positive class: recall is the share of unanswerable questions that were refused. Rows are questions
with four columns: answerability (0 to 1), whether it was refused, whether it should be, whether an answer is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
"""Shape [n, 4]."""

Values = NDArray[np.floating[Any]]

PRECISION = 0.9
"""Of refusing, at which its recall is told."""

_BINS = 10

Statistic = Callable[[Rows], float]


def precision(rows: Rows) -> float:
    """Share of the refusals that were right; 1 where nothing was refused."""
    refused = rows[rows[:, 1] > 0]
    return float(refused[:, 2].mean()) if len(refused) else 1.0


def recall(rows: Rows) -> float:
    """Share refused of what should be; 1 where nothing should."""
    due = rows[rows[:, 2] > 0]
    return float(due[:, 1].mean()) if len(due) else 1.0


def f1(rows: Rows) -> float:
    """Harmonic mean of both; 0 where one of them is."""
    one, other = precision(rows), recall(rows)
    return 2 * one * other / (one + other) if one and other else 0.0


def roc_area(rows: Rows) -> float:
    """How often an answerable question stands above an unanswerable one; .5 where there are none of a kind."""
    is_due = rows[:, 2] > 0
    return area(rows[~is_due, 0], rows[is_due, 0])


def area(yes: NDArray[np.float64], no: NDArray[np.float64]) -> float:
    """Area under the ROC curve; a tie counts half."""
    if not len(yes) or not len(no):
        return 0.5
    sorted_no = np.sort(no)
    below, up_to = (np.searchsorted(sorted_no, yes, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(no))


def recall_at(wanted: float, yes: NDArray[np.float64], no: NDArray[np.float64]) -> float:
    """Most of the unanswerable that one threshold refuses while a share `wanted` of what it refuses is rightly refused.

    Both kinds count half, whatever their numbers; 0 where no threshold is as precise.
    """
    thresholds = np.unique(np.concatenate([yes, no]))
    if not len(yes) or not len(no):
        return 0.0
    wrongly, rightly = (np.searchsorted(np.sort(of), thresholds, "right") / len(of) for of in (yes, no))
    precise = rightly >= wanted * (rightly + wrongly)
    return float(rightly[precise].max(initial=0.0))


@dataclass(frozen=True, slots=True)
class Refused:
    """What a threshold refuses of answerable and unanswerable questions, both kinds counting half."""

    threshold: float
    precision: float
    """Share of what it refuses that was unanswerable; 1 where it refuses nothing."""
    recall: float
    """Share of the unanswerable that it refuses."""
    wrongly: float
    """Share of the answerable that it refuses."""


def refused_below(threshold: float, yes: NDArray[np.float64], no: NDArray[np.float64]) -> Refused:
    """By the chances of answerable and of unanswerable questions."""
    wrongly, rightly = (float((of < threshold).mean()) if len(of) else 0.0 for of in (yes, no))
    both = rightly + wrongly
    return Refused(threshold, rightly / both if both else 1.0, rightly, wrongly)


def threshold_for(wanted: float, yes: NDArray[np.float64], no: NDArray[np.float64]) -> Refused | None:
    """The highest threshold of two digits that refuses with this precision; None where none that refuses anything
    does, or where there are no questions of a kind."""
    found = [refused_below(n / 100, yes, no) for n in range(1, 101)] if len(yes) and len(no) else []
    return next((one for one in reversed(found) if one.recall and one.precision >= wanted), None)


def risk_coverage(rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of questions answered, the surest first, and the share of those answers that are wrong; shape [n] each."""
    order = np.argsort(-rows[:, 0], kind="stable")
    answered = np.arange(1, len(rows) + 1)
    return answered / len(rows), np.cumsum(rows[order, 3]) / answered


def risk_area(rows: Rows) -> float:
    """Mean risk over all coverages (AURC; Geifman and El-Yaniv, 2017): lower is better."""
    return float(risk_coverage(rows)[1].mean()) if len(rows) else 0.0


def calibration(rows: Rows) -> float:
    """How far the chance of an answer is from the share of questions that get one: of ten with .8, eight should.

    Over all questions, each counting the same: one that is refused, or whose sentences hold no gold answer, is not
    answered. Lower is better.
    """
    return calibration_error(rows[:, 0], 1 - rows[:, 3], np.full(len(rows), 1 / max(1, len(rows))))


def calibration_error(chance: Values, truth: Values, weights: Values) -> float:
    """Distance of chance and truth over ten bins of as many rows each (adaptive ECE; Nixon et al., 2019).

    Shapes [n]; the weights sum to 1.
    """
    bins = np.array_split(np.argsort(chance, kind="stable"), _BINS)
    return float(sum(abs(((chance[of] - truth[of]) * weights[of]).sum()) for of in bins))


def threshold_curve(rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Thresholds, and below each the share refused of answerable and of unanswerable questions."""
    thresholds = np.linspace(0, 1, 101)
    is_due = rows[:, 2] > 0
    shares = [
        np.searchsorted(np.sort(rows[of, 0]), thresholds, "left") / max(1, int(of.sum())) for of in (~is_due, is_due)
    ]
    return thresholds, shares[0], shares[1]


REFUSAL: Mapping[str, Statistic] = {
    "refusal_precision": precision,
    "refusal_recall": recall,
    "refusal_f1": f1,
    "refusal_area": roc_area,
    "risk_area": risk_area,
    "calibration": calibration,
}
