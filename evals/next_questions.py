"""Questions to ask next: how many are offered after an answer, what that takes, and how often they are answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.wiring import THRESHOLD
from evals.datasets import Dataset
from evals.runner import chosen
from indexes.late_weights import late_reader
from indexes.library import Library
from rag.answerer import Answerer
from rag.next_questions import next_questions
from rag.query.finder import Finder

_HITS = 8


@dataclass(frozen=True, slots=True)
class Offered:
    """What came of the answers to `n` questions of a set."""

    n: int
    with_any: int
    """Answers after which something was offered."""
    offered: int
    answered: int
    """Of those offered, when each was asked of all documents."""
    from_own: int
    """... and answered from a document of its answer's passages."""
    ms: tuple[float, float]
    """Milliseconds to make them: median and 95th percentile."""


def measure(dataset: Dataset, library: Library, limit: int, told: Callable[[str], None]) -> Offered:
    """Ask `limit` questions as the app does without a chat model, and then all that is offered after their answers."""
    reader = late_reader()
    answerer = Answerer(Finder(library.retriever), reader, k=_HITS, threshold=THRESHOLD)
    taken, offered, answered, own, with_any = list[float](), 0, 0, 0, 0
    for query in chosen(dataset.queries, limit, 0):
        answer = answerer.ask(query.text)
        start = time.perf_counter()
        questions = next_questions(answer, (), reader)
        taken.append((time.perf_counter() - start) * 1000)
        with_any += bool(questions)
        for question in questions:
            replied = answerer.ask(question)
            told(f"{'refused ' if replied.refused else 'answered'} {question}")
            offered, answered = offered + 1, answered + (not replied.refused)
            documents = {hit.chunk.document_id for hit in answer.hits}
            own += bool(documents & {one.chunk.document_id for one in replied.citations})
    median, high = np.percentile(taken, (50, 95)).tolist()
    return Offered(len(taken), with_any, offered, answered, own, (median, high))
