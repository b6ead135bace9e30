"""Each way of searching on one set: by meaning, by words, and both fused; how good and how fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from evals.datasets import Dataset, Query
from evals.metrics import retrieval_metrics
from evals.relevance import DEPTH, Relevance, relevance_of
from indexes.library import Library
from rag.types import Ranking, Scope

_CHUNKS = 2 * DEPTH
Way = Callable[[str], Ranking]


def evaluate(dataset: Dataset, library: Library) -> dict[str, dict[str, float]]:
    """Way of searching -> metrics and mean milliseconds a question."""
    queries, relevance = dataset.answerable(), relevance_of(dataset, library)
    ways = _ways(library)
    for way in ways.values():
        way(queries[0].text)  # models load and indexes catch up before anything is timed
    return {name: _measure(queries, way, relevance) for name, way in ways.items()}


def _ways(library: Library) -> dict[str, Way]:
    def dense(question: str) -> Ranking:
        return library.dense.search(question, _CHUNKS, Scope())

    def keyword(question: str) -> Ranking:
        return library.keyword.search(question, _CHUNKS, Scope())

    def fused(question: str) -> Ranking:
        return library.retriever.rank(question)

    return {"dense": dense, "keyword": keyword, "fused": fused}


def _measure(queries: Sequence[Query], way: Way, relevance: Relevance) -> dict[str, float]:
    run: dict[str, list[str]] = {}
    start = time.perf_counter()
    for query in queries:
        run[query.id] = relevance.ranked(way(query.text))
    ms = (time.perf_counter() - start) * 1000 / len(queries)
    return retrieval_metrics(relevance.qrels, run) | {"ms": ms}
