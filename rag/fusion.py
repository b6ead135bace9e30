"""Two rankings, or two scores of the same hits, become one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.types import Ids, Ranking

_LEAST = 1e-4
"""A variance below is that of a list whose scores are all the same."""


def fuse(dense: Ranking, keyword: Ranking, weight: float) -> Ranking:
    """The weighted mean of both scores, each scaled to 0..1 over its own list; what a list lacks counts 0 there.

    `weight` is the dense share where both lists are alike; else a list counts the more the fewer of its hits stand out
    (the inverse of the variance), since those that it scores all alike it cannot tell apart. Bruch et al., "An Analysis
    of Fusion Functions for Hybrid Retrieval" (2022), find a convex combination ahead of reciprocal ranks; so did our
    own runs. A list that is alone counts whole.
    """
    if not len(dense.ids) or not len(keyword.ids):
        lone = dense if len(dense.ids) else keyword
        return Ranking(lone.ids, _scaled(lone.scores))
    ids = np.union1d(dense.ids, keyword.ids)
    spread = [_spread(ranking, ids) for ranking in (dense, keyword)]
    counts = [share * _counts(row) for row, share in zip(spread, (weight, 1 - weight), strict=True)]
    return _ranked(ids, np.average(spread, axis=0, weights=counts).astype(np.float32))


def summed(rankings: Sequence[tuple[Ranking, float]]) -> Ranking:
    """The sum of all scores, each scaled over its own list and times the weight beside it; a lone one as it is."""
    if len(rankings) == 1:
        return rankings[0][0]
    ids = np.unique(np.concatenate([ranking.ids for ranking, _ in rankings]))
    parts = [np.float32(share) * _spread(ranking, ids) for ranking, share in rankings]
    return _ranked(ids, np.sum(parts, axis=0, dtype=np.float32))


def _ranked(ids: Ids, scores: NDArray[np.float32]) -> Ranking:
    order = np.lexsort((ids, -scores))  # equal scores: the older chunk first, so that a question repeats exactly
    return Ranking(ids[order], scores[order])


def _counts(scores: NDArray[np.float32]) -> float:
    variance = float(scores.var())
    return 1 / variance if variance > _LEAST else 1.0


def _spread(ranking: Ranking, ids: Ids) -> NDArray[np.float32]:
    """The scaled scores of a list at the places of its hits among `ids`, 0 at all others."""
    scores = np.zeros(len(ids), dtype=np.float32)
    scores[np.searchsorted(ids, ranking.ids)] = _scaled(ranking.scores)
    return scores


def blend(fused: NDArray[np.float32], reread: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    """The weighted sum of two scores of the same hits, each scaled to 0..1 over them; `weight` is the reranker's share.

    What the search found counts on: a reranker alone forgets how well the words of the question were met.
    """
    return (np.float32(weight) * _scaled(reread) + np.float32(1 - weight) * _scaled(fused)).astype(np.float32)


def _scaled(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high - low < 1e-9:
        return np.ones_like(scores)
    return ((scores - low) / (high - low)).astype(np.float32)
