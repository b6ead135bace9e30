"""Fits the answerability of the sentence picker, and shows what each threshold would refuse.

Answerable: questions whose passages were found. Unanswerable: the same questions with the passages that answer them
taken away, the hardest kind, since what is left is about the same thing. Beside the retrieval sets, cases written for
refusal (contexts that do, or do not, answer).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.answer_metrics import contains_answer
from evals.datasets import Dataset
from evals.reader import sample
from evals.relevance import relevance_of
from indexes.library import Library
from rag.errors import InputError
from rag.picker import Candidate, SentencePicker
from rag.types import Chunk, Hit

Features = NDArray[np.float32]
"""Meaning and words of the best sentence, shape [n, 2]."""

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def of_dataset(dataset: Dataset, library: Library, limit: int) -> tuple[Features, Features]:
    """Features of answerable and of unanswerable questions."""
    picker = SentencePicker(library.embedder)
    relevance = relevance_of(dataset, library)
    yes, no = [], []
    for query in sample(dataset, limit):
        hits = library.retriever.retrieve(query.text, 8).hits
        found = picker.candidates(query.text, hits)
        holds = [contains_answer(candidate.text, query.answers) for candidate in found]
        if any(holds):
            yes.append(_features(picker, found))
        others = [hit for hit in hits if not relevance.is_right(query, hit.chunk)]
        left = [c for c in picker.candidates(query.text, others) if not contains_answer(c.text, query.answers)]
        if left:
            no.append(_features(picker, left))
    return np.stack(yes), np.stack(no)


def of_cases(path: Path, picker: SentencePicker, limit: int) -> Features:
    """Features of cases `{query, contexts}`; raises InputError for another form."""
    try:
        cases = json.loads(path.read_text("utf-8"))["cases"][:limit]
        found = [picker.candidates(case["query"], _hits(case["contexts"])) for case in cases]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} does not hold cases with query and contexts ({error})") from error
    return np.stack([_features(picker, candidates) for candidates in found if candidates])


def _hits(contexts: Sequence[str]) -> list[Hit]:
    """Contexts as hits with falling scores, as if they had been retrieved in this order."""
    scores = np.linspace(1, 0, max(2, len(contexts)))
    return [
        Hit(Chunk(n, n, 0, 0, len(text), text, "", "", None, None, str(n), "", ""), float(score), "fused")
        for n, (text, score) in enumerate(zip(contexts, scores, strict=False))
    ]


def _features(picker: SentencePicker, found: Sequence[Candidate]) -> Features:
    return picker.best(found).evidence[:2]


def fit(sets: Mapping[str, tuple[Features, Features]]) -> tuple[float, float, float]:
    """Constant and weights of a logistic regression in which every set, and both its halves, count the same."""
    from sklearn.linear_model import LogisticRegression

    rows = np.concatenate([np.concatenate(pair) for pair in sets.values()])
    labels = np.concatenate([np.repeat([1, 0], [len(yes), len(no)]) for yes, no in sets.values()])
    shares = [np.repeat([1 / len(yes), 1 / len(no)], [len(yes), len(no)]) for yes, no in sets.values()]
    model = LogisticRegression(C=1e4).fit(rows, labels, sample_weight=1000 * np.concatenate(shares))
    return float(model.intercept_[0]), float(model.coef_[0, 0]), float(model.coef_[0, 1])


def answerabilities(features: Features, weights: tuple[float, float, float]) -> NDArray[np.float64]:
    """Probability that each row answers, shape [n]."""
    constant, *slopes = weights
    return np.asarray(1 / (1 + np.exp(-(constant + features @ np.array(slopes)))), dtype=np.float64)
