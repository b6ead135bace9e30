"""This file turns rankings into nDCG, MRR, MAP, recall and precision through ir_measures, as trec_eval has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

RETRIEVAL = (
    "ndcg@10",
    "mrr@10",
    "map@100",
    "recall@1",
    "recall@5",
    "recall@10",
    "recall@100",
    "precision@5",
    "precision@10",
    "success@5",
)
"""`success@5`: whether one of the first five is relevant."""

Qrels = Mapping[str, Mapping[str, int]]
"""Query id -> passage id -> grade."""

Run = Mapping[str, Iterable[str]]
"""Query id -> passage ids, best first."""


def retrieval_metrics(qrels: Qrels, run: Run) -> dict[str, float]:
    """The mean of each of RETRIEVAL over all queries of `qrels`; a query that found nothing counts as 0."""
    per_query = per_query_metrics(qrels, run)
    return {name: sum(row[name] for row in per_query.values()) / len(per_query) for name in RETRIEVAL}


def per_query_metrics(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Query id -> metric -> value, for pairwise comparison of two runs."""
    import ir_measures

    measures = {_measure(name): name for name in RETRIEVAL}
    rows = {query: dict.fromkeys(RETRIEVAL, 0.0) for query in qrels}
    judged = (ir_measures.Qrel(query, id, grade) for query, grades in qrels.items() for id, grade in grades.items())
    for value in ir_measures.iter_calc(list(measures), judged, _scored(qrels, run)):
        rows[value.query_id][measures[value.measure]] = float(value.value)
    return rows


def _measure(name: str) -> Any:  # noqa: ANN401 - ir_measures has no name for what all its measures are
    from ir_measures import AP, RR, P, R, Success, nDCG

    kinds = {"ndcg": nDCG, "mrr": RR, "map": AP, "recall": R, "precision": P, "success": Success}
    kind, _, depth = name.partition("@")
    return kinds[kind] @ int(depth)


def _scored(qrels: Qrels, run: Run) -> Iterator[object]:
    """The ranking as falling scores: ties in real scores would be broken by id, which is not the order shown."""
    import ir_measures

    for query in qrels:
        ids = list(dict.fromkeys(run.get(query, ())))
        yield from (ir_measures.ScoredDoc(query, id, float(len(ids) - rank)) for rank, id in enumerate(ids))
