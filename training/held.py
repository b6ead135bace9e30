"""Which questions teach the joint layers and which are kept for all that is learned or measured after them."""

from __future__ import annotations

from hashlib import sha256

from evals.datasets import Dataset, Query

_PARTS = 5


def is_held_out(dataset: Dataset, query: Query) -> bool:
    """One question of five, chosen by what answers it, or what it was asked about: no passage stands on both sides."""
    right = sorted(name for name, grade in dataset.qrels.get(query.id, {}).items() if grade > 0)
    key = right[0] if right else query.about
    return bool(key) and _is_kept(key, _PARTS)


def is_held_out_case(question: str) -> bool:
    """One of two of the cases written for refusing; those that ask the same stand on one side."""
    return _is_kept(question, 2)


def _is_kept(key: str, n: int) -> bool:
    return sha256(key.encode()).digest()[0] % n == 0
