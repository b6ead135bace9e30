"""Metrics on cases worked out by hand."""

from __future__ import annotations

from math import log2

import pytest

from evals.metrics import RETRIEVAL, per_query_metrics, retrieval_metrics


def test_one_query_by_hand():
    qrels = {"q": {"a": 1, "b": 1, "x": 0}}
    run = {"q": ["x", "a", "y", "b"]}  # relevant at ranks 2 and 4
    ideal = 1 + 1 / log2(3)
    assert retrieval_metrics(qrels, run) == pytest.approx(
        {
            "ndcg@10": (1 / log2(3) + 1 / log2(5)) / ideal,
            "mrr@10": 1 / 2,
            "map@100": (1 / 2 + 2 / 4) / 2,
            "recall@1": 0.0,
            "recall@5": 1.0,
            "recall@10": 1.0,
            "recall@100": 1.0,
            "precision@5": 2 / 5,
            "precision@10": 2 / 10,
            "success@5": 1.0,
        }
    )


def test_grades_weigh_in_ndcg():
    graded = per_query_metrics({"q": {"a": 2, "b": 1}}, {"q": ["b", "a"]})["q"]
    assert graded["ndcg@10"] == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))


def test_rank_eleven_counts_only_for_recall_at_100():
    run = {"q": [f"x{i}" for i in range(10)] + ["a"]}
    found = retrieval_metrics({"q": {"a": 1}}, run)
    assert {name for name, value in found.items() if value} == {"recall@100", "map@100"}
    assert found["map@100"] == pytest.approx(1 / 11)


def test_a_query_that_found_nothing_counts_as_zero():
    qrels = {"found": {"a": 1}, "empty": {"a": 1}, "absent": {"a": 1}, "other": {"a": 1}}
    run = {"found": ["a"], "empty": [], "other": ["b"], "unjudged": ["a"]}
    found = retrieval_metrics(qrels, run)
    shares = dict.fromkeys(RETRIEVAL, 0.25) | {"precision@5": 0.05, "precision@10": 0.025}
    assert found == pytest.approx(shares)


def test_the_order_given_counts_and_not_the_names():
    """trec_eval breaks ties by name; `z` must not overtake `a`."""
    assert retrieval_metrics({"q": {"a": 1}}, {"q": ["a", "z"]})["mrr@10"] == 1
    assert retrieval_metrics({"q": {"z": 1}}, {"q": ["a", "z"]})["mrr@10"] == 0.5


def test_a_repeated_passage_counts_once():
    assert retrieval_metrics({"q": {"a": 1, "b": 1}}, {"q": ["a", "a", "b"]})["ndcg@10"] == pytest.approx(1)


def test_more_than_a_hundred_relevant():
    qrels = {"q": {f"d{i}": 1 for i in range(200)}}
    run = {"q": [f"d{i}" for i in range(200)]}
    assert retrieval_metrics(qrels, run)["recall@100"] == 0.5
