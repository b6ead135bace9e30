"""This file turns rankings into nDCG, MRR and recall through ir_measures, and answers into right or wrong."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence

RETRIEVAL = ("ndcg@10", "mrr@10", "recall@10", "recall@100")

Qrels = Mapping[str, Mapping[str, int]]
"""Query id -> passage id -> grade."""

Run = Mapping[str, Iterable[str]]
"""Query id -> passage ids, best first."""

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—…")


def retrieval_metrics(qrels: Qrels, run: Run) -> dict[str, float]:
    """The mean of each of RETRIEVAL over all queries of `qrels`; a query that found nothing counts as 0."""
    per_query = per_query_metrics(qrels, run)
    return {name: sum(row[name] for row in per_query.values()) / len(per_query) for name in RETRIEVAL}


def per_query_metrics(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Query id -> metric -> value, for pairwise comparison of two runs."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = {nDCG @ 10: "ndcg@10", RR @ 10: "mrr@10", R @ 10: "recall@10", R @ 100: "recall@100"}
    rows = {query: dict.fromkeys(RETRIEVAL, 0.0) for query in qrels}
    judged = (ir_measures.Qrel(query, id, grade) for query, grades in qrels.items() for id, grade in grades.items())
    for value in ir_measures.iter_calc(list(measures), judged, _scored(qrels, run)):
        rows[value.query_id][measures[value.measure]] = float(value.value)
    return rows


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether the words of one of the answers stand in the text one after another, compared as SQuAD does."""
    words = normalised(text)
    return any(answer and f" {answer} " in f" {words} " for answer in map(normalised, answers))


def normalised(text: str) -> str:
    """Lower case without punctuation and articles, single blanks between the words."""
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def _scored(qrels: Qrels, run: Run) -> Iterator[object]:
    """The ranking as falling scores: ties in real scores would be broken by id, which is not the order shown."""
    import ir_measures

    for query in qrels:
        ids = list(dict.fromkeys(run.get(query, ())))
        yield from (ir_measures.ScoredDoc(query, id, float(len(ids) - rank)) for rank, id in enumerate(ids))
