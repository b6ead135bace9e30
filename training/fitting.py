"""Linear models by maximum likelihood: one that puts the right item of a list first, and one that gives a chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.interaction import Floats
from training.too_few import TooFew

Doubles = NDArray[np.float64]


def fit_lists(sets: Sequence[Sequence[tuple[Floats, Floats]]], penalty: float) -> Floats:
    """Weights of the softmax over each list that make its right items likely; every set counts the same.

    A list is (values [n, m], 1 for each right item [n]); lists without a right or a wrong item teach nothing. The loss
    is -log of the right items' share, as in Cao et al., "Learning to Rank: From Pairwise Approach to Listwise" (2007).
    Raises TooFew where no list teaches anything.
    """
    from scipy.optimize import minimize

    kept = [[(rows, right > 0) for rows, right in lists if 0 < right.sum() < len(right)] for lists in sets]
    if not any(kept):
        raise TooFew("no question has both what is right and what is wrong to learn from")
    scale = _spread([rows for lists in kept for rows, _ in lists])
    packed = [_packed(lists, scale) for lists in kept if lists]
    n_values = len(scale)

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        total, slope = penalty * float(weights @ weights), 2 * penalty * weights
        for rows, right, starts in packed:
            one, its_slope = _list_loss(weights, rows, right, starts)
            total, slope = total + one / len(packed), slope + its_slope / len(packed)
        return total, slope

    found = minimize(loss, np.zeros(n_values), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x / scale, dtype=np.float32)


def _spread(lists: Sequence[Floats]) -> Doubles:
    """Standard deviation of every value within its list, so that the penalty treats all alike."""
    inner = np.concatenate([rows - rows.mean(axis=0) for rows in lists]).astype(np.float64)
    return np.asarray(np.maximum(inner.std(axis=0), 1e-3), dtype=np.float64)


def _packed(
    lists: Sequence[tuple[Floats, NDArray[np.bool_]]], scale: Doubles
) -> tuple[Doubles, Doubles, NDArray[np.int64]]:
    rows = np.concatenate([rows for rows, _ in lists]) / scale
    right = np.concatenate([right for _, right in lists]).astype(np.float64)
    starts = np.cumsum([0, *(len(right) for _, right in lists)])[:-1]
    return rows, right, starts


def _list_loss(weights: Doubles, rows: Doubles, right: Doubles, starts: NDArray[np.int64]) -> tuple[float, Doubles]:
    scores = rows @ weights
    lengths = np.diff([*starts, len(scores)])
    powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), lengths))
    whole = np.add.reduceat(powers, starts)
    good = np.add.reduceat(powers * right, starts)
    loss = float((np.log(whole) - np.log(np.maximum(good, 1e-300))).sum() / len(starts))
    slopes = powers / np.repeat(whole, lengths) - powers * right / np.repeat(np.maximum(good, 1e-300), lengths)
    return loss, np.asarray(slopes @ rows / len(starts), dtype=np.float64)


def fit_chance(sets: Sequence[tuple[Floats, Floats]], penalty: float) -> Floats:
    """Weights and a constant of a logistic regression on (values [n, m], label [n]).

    Every set, and both its halves, count the same. Raises TooFew where all labels are the same.
    """
    from sklearn.linear_model import LogisticRegression

    if len({label for _, own in sets for label in own.tolist()}) < 2:  # noqa: PLR2004 - it tells two kinds apart
        raise TooFew("one of the two kinds that are to be told apart is missing")
    rows = np.concatenate([rows for rows, _ in sets])
    labels = np.concatenate([labels for _, labels in sets])
    shares = np.concatenate(
        [np.where(own > 0, 1 / max(1.0, own.sum()), 1 / max(1.0, (1 - own).sum())) for _, own in sets]
    )
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-3)
    model = LogisticRegression(C=1 / penalty, max_iter=2000)
    model.fit((rows - mean) / scale, labels, sample_weight=shares / shares.mean())
    slopes = model.coef_[0] / scale
    return np.asarray([*slopes, float(model.intercept_[0]) - float(slopes @ mean)], dtype=np.float32)
