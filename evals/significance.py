"""How sure a mean is, and whether two runs differ: bootstrap intervals and paired randomisation tests over questions.

Both take the questions as a sample of all that might be asked. p-values are of single comparisons: who compares many
metrics or runs finds one below .05 among twenty by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
"""A metric's value of every question, shape [n]."""

Rows = NDArray[np.float64]
"""What a figure that is no mean is computed from, a question a row, shape [n, c]."""

RESAMPLES = 2_000
SWAPS = 10_000
FEWER = 1_000
"""Resamples and swaps of a figure that is no mean: each is computed anew."""
_AT_ONCE = 4_000_000
"""Numbers drawn together: 32 MB."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with the bounds that hold 95 of 100 resampled ones."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Run B less run A on the questions that both have."""

    mean: float
    low: float
    high: float
    p: float
    """How often a difference as large would come about if it were chance which run has which value."""
    won: int
    lost: int
    tied: int


def estimate(values: Values, seed: int = 0) -> Estimate:
    """The mean and its 95 % percentile interval by the bootstrap (Efron, 1979)."""
    low, high = _interval(values, seed)
    return Estimate(float(values.mean()), low, high, len(values))


def difference(first: Values, second: Values, seed: int = 0) -> Difference:
    """Second less first, paired by question; two-sided p by random sign flips (Fisher's randomisation test)."""
    differences = second - first
    low, high = _interval(differences, seed)
    won, lost = int((differences > 0).sum()), int((differences < 0).sum())
    p = _randomised_p(differences[differences != 0], seed)
    return Difference(float(differences.mean()), low, high, p, won, lost, len(differences) - won - lost)


def _interval(values: Values, seed: int) -> tuple[float, float]:
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    random, n = np.random.default_rng(seed), len(values)
    share = max(1, _AT_ONCE // n)
    parts = [
        values[random.integers(n, size=(min(share, RESAMPLES - at), n))].mean(axis=1)
        for at in range(0, RESAMPLES, share)
    ]
    low, high = np.quantile(np.concatenate(parts), (0.025, 0.975))
    return float(low), float(high)


def _randomised_p(differences: Values, seed: int) -> float:
    """Questions without a difference change no sum, so they are left out before."""
    n = len(differences)
    if not n:
        return 1.0
    random = np.random.default_rng(seed)
    observed = abs(differences.sum()) - 1e-9  # sums of the same numbers in another order differ in their last digits
    share, n_larger = max(1, _AT_ONCE // n), 0
    for at in range(0, SWAPS, share):
        signs = random.integers(0, 2, size=(min(share, SWAPS - at), n), dtype=np.int8)
        sums = 2.0 * (signs @ differences) - differences.sum()
        n_larger += int((np.abs(sums) >= observed).sum())
    return (n_larger + 1) / (SWAPS + 1)


def estimate_of(statistic: Callable[[Rows], float], rows: Rows, seed: int = 0) -> Estimate:
    """The same for any figure of all questions together."""
    low, high = np.quantile([statistic(rows[chosen]) for chosen in _resampled(len(rows), seed)], (0.025, 0.975))
    return Estimate(statistic(rows), float(low), float(high), len(rows))


def difference_of(statistic: Callable[[Rows], float], first: Rows, second: Rows, seed: int = 0) -> Difference:
    """The same for any figure; p by exchanging the runs of random questions. No single question wins or loses."""
    changes = [statistic(second[chosen]) - statistic(first[chosen]) for chosen in _resampled(len(first), seed)]
    low, high = np.quantile(changes, (0.025, 0.975))
    observed, random = statistic(second) - statistic(first), np.random.default_rng(seed)
    n_larger = 0
    for _ in range(FEWER):
        is_swapped = random.integers(0, 2, size=(len(first), 1)) > 0
        one, other = np.where(is_swapped, second, first), np.where(is_swapped, first, second)
        n_larger += abs(statistic(other) - statistic(one)) >= abs(observed) - 1e-12
    return Difference(observed, float(low), float(high), (n_larger + 1) / (FEWER + 1), 0, 0, len(first))


def _resampled(n: int, seed: int) -> list[NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    return [random.integers(n, size=n) for _ in range(FEWER)]
