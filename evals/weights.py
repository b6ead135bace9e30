"""Whether the weight that a collection tunes by itself is worth it: beside both searchers and every fixed weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.datasets import Dataset, Query
from evals.metrics import per_query_metrics
from evals.relevance import Relevance, relevance_of
from evals.runner import chosen
from indexes.library import Library
from rag.fusion import fuse
from rag.retriever import CANDIDATES
from rag.types import Ranking, Scope

FIXED = tuple(round(0.1 * n, 1) for n in range(1, 10))
METRIC = "ndcg@10"
TOLERANCE = 0.005
"""By so much may the tuned weight stay behind the better of the two searchers alone."""


@dataclass(frozen=True, slots=True)
class SetWeights:
    """What came out on one set; every figure is the mean of METRIC."""

    name: str
    n: int
    dense: float
    keyword: float
    by_weight: Mapping[float, float]
    tuned: float
    weight: float
    """What the set's collection was tuned to."""

    @property
    def margin(self) -> float:
        """How far the tuned weight is ahead of the better searcher alone."""
        return self.tuned - max(self.dense, self.keyword)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Over all sets."""

    tuned: float
    by_weight: Mapping[float, float]
    least_margin: float

    @property
    def best_fixed(self) -> float:
        """The fixed weight with the best mean."""
        return max(self.by_weight, key=lambda weight: self.by_weight[weight])

    @property
    def beats_fixed(self) -> bool:
        """Whether tuning is better on average than every fixed weight."""
        return self.tuned > self.by_weight[self.best_fixed]

    @property
    def is_never_worse(self) -> bool:
        """Whether it is nowhere behind the better searcher by more than TOLERANCE."""
        return self.least_margin >= -TOLERANCE


def measure(dataset: Dataset, library: Library, limit: int | None) -> SetWeights:
    """One set, its questions ranked with every weight from the same two searches."""
    answerable = dataset.answerable()
    relevance, weight = relevance_of(dataset, library), library.catalogue.weights.all()[0].weight
    queries = chosen([query for query in answerable if relevance.qrels.get(query.id)], limit, 0)
    found = [_found(library, query) for query in queries]
    reads = [library.embedder.reads(query.text) for query in queries]

    def fused(weight: float) -> float:
        rankings = (fuse(*pair, weight if can_read else 0.0) for pair, can_read in zip(found, reads, strict=True))
        return _mean(relevance, queries, list(rankings))

    return SetWeights(
        dataset.name,
        len(queries),
        _mean(relevance, queries, [dense for dense, _ in found]),
        _mean(relevance, queries, [keyword for _, keyword in found]),
        {one: fused(one) for one in FIXED},
        fused(weight),
        weight,
    )


def verdict(sets: Sequence[SetWeights]) -> Verdict:
    """The two claims, every set counting alike."""
    means = {weight: float(np.mean([one.by_weight[weight] for one in sets])) for weight in FIXED}
    return Verdict(float(np.mean([one.tuned for one in sets])), means, min(one.margin for one in sets))


def _found(library: Library, query: Query) -> tuple[Ranking, Ranking]:
    return (
        library.dense.search(query.text, CANDIDATES, Scope()),
        library.keyword.search(query.text, CANDIDATES, Scope()),
    )


def _mean(relevance: Relevance, queries: Sequence[Query], rankings: Sequence[Ranking]) -> float:
    run = {query.id: relevance.ranked(ranking) for query, ranking in zip(queries, rankings, strict=True)}
    rows = per_query_metrics({query.id: relevance.qrels[query.id] for query in queries}, run)
    return float(np.mean([row[METRIC] for row in rows.values()]))
