"""How often the quoted answer holds a gold answer, and how often it refuses, on a set of questions with answers."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from app.wiring import THRESHOLD
from evals.datasets import Dataset, Query
from evals.metrics import contains_answer
from indexes.library import Library
from rag.answerer import Answerer
from rag.picker import SentencePicker


@dataclass(frozen=True, slots=True)
class ReaderResult:
    """Shares of the questions, and the median milliseconds of one."""

    n: int
    contained: float
    refused: float
    longest_words: int
    ms: float


def sample(dataset: Dataset, limit: int | None) -> list[Query]:
    """The questions that have answers, at most `limit` of them, always the same ones."""
    queries = [query for query in dataset.queries if query.answers]
    return queries if limit is None else random.Random(0).sample(queries, min(limit, len(queries)))  # noqa: S311


def measure_reader(dataset: Dataset, library: Library, *, limit: int | None = None) -> ReaderResult:
    """Ask every question as the app would."""
    answerer = Answerer(library.retriever, SentencePicker(library.embedder), k=8, threshold=THRESHOLD)
    queries = sample(dataset, limit)
    contained, refused, words, times = 0, 0, [0], []
    for query in queries:
        start = time.perf_counter()
        answer = answerer.ask(query.text)
        times.append((time.perf_counter() - start) * 1000)
        refused += answer.refused
        quoted = " ".join(sentence.text for sentence in answer.sentences)
        contained += contains_answer(quoted, query.answers)
        words.append(len(quoted.split()))
    n = max(1, len(queries))
    return ReaderResult(len(queries), contained / n, refused / n, max(words), sorted(times)[len(times) // 2])
