"""Which weight suits a collection, told by questions that were made from its own passages."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.fusion import fuse
from rag.types import Ranking

DEFAULT_WEIGHT = 0.4
"""The dense weight of a collection that is not tuned: the best single one over the open sets (`evals weights`)."""

WEIGHTS = np.linspace(0.1, 0.9, 17)
"""Those that are tried. Neither searcher is ever left out: on every set that we have the other one helps."""

FEWEST = 60
"""Questions that a weight may rest on."""

_DEPTH = 10
_DRAWS = 200
_HOLD = 0.2
"""What a weight has to gain for its squared distance from the default: questions made from passages tell in which
direction a collection differs from others better than how far."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question of which it is known what it was made from, and what both searches found for it."""

    dense: Ranking
    keyword: Ranking
    right: Set[int]
    """The ids of its passages."""


def gains(probe: Probe) -> NDArray[np.float64]:
    """How high a right passage stands at each of WEIGHTS: 1 for the first place, by the logarithm less to the tenth."""
    return np.array([_gain(fuse(probe.dense, probe.keyword, float(weight)), probe.right) for weight in WEIGHTS])


def _gain(ranking: Ranking, right: Set[int]) -> float:
    places = (place for place, number in enumerate(ranking.ids[:_DEPTH].tolist()) if number in right)
    first = next(places, None)
    return 0.0 if first is None else float(1 / np.log2(first + 2))


def best_weight(rows: Sequence[NDArray[np.float64]]) -> float:
    """The weight with the greatest mean gain, held to the default, as a mean over draws of the questions: where several
    do nearly as well, the middle of them, and not the one that a few questions happen to favour.
    """
    table, chooser = np.array(rows), np.random.default_rng(0)
    table -= _HOLD * (WEIGHTS - DEFAULT_WEIGHT) ** 2
    draws = chooser.integers(0, len(table), (_DRAWS, len(table)))
    best = [WEIGHTS[table[drawn].mean(axis=0).argmax()] for drawn in draws]
    return round(float(np.mean(best)), 2)
