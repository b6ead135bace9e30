"""Two questions put as one: how often the quoted answer holds both answers, read for in parts and as a whole."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

from app.wiring import THRESHOLD
from evals.answer_words import contains_answer
from evals.datasets import Dataset, Query
from indexes.late_weights import late_reader
from indexes.library import Library
from rag.answerer import Answerer
from rag.query.finder import Finder
from rag.query.parts import parts_of

_HITS = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions, and both as one."""

    text: str
    of: tuple[Query, Query]


@dataclass(frozen=True, slots=True)
class Both:
    """Shares of the questions whose answer holds both answers, or one at least."""

    n: int
    both: float
    one: float


def pairs(dataset: Dataset, n: int, seed: int = 0) -> tuple[list[Pair], list[Pair]]:
    """(questions of one passage, questions of two), joined by "and"; only those whose parts can be told apart."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    by_passage = defaultdict[str, list[Query]](list)
    for query in dataset.queries:
        for id, grade in dataset.qrels.get(query.id, {}).items():
            if grade > 0 and query.answers:
                by_passage[id].append(query)
    ids = sorted(by_passage)
    rng.shuffle(ids)
    same = [joined(*rng.sample(by_passage[id], 2)) for id in ids if len(by_passage[id]) > 1]
    apart = [
        joined(rng.choice(by_passage[one]), rng.choice(by_passage[other]))
        for one, other in zip(ids[::2], ids[1::2], strict=False)
    ]
    return _told_apart(same)[:n], _told_apart(apart)[:n]


def joined(one: Query, other: Query, *, joint: str = ", and ", before: str = "") -> Pair:
    """Both as one, with `joint` between them and `before` at the beginning."""
    first, second = (query.text.strip().rstrip("?") for query in (one, other))
    return Pair(f"{before}{first}{joint}{second[:1].lower()}{second[1:]}?", (one, other))


def measured(asked: list[Pair], library: Library, *, in_parts: bool) -> Both:
    """Ask each as the app does; or joined by a semicolon, where no parts are told apart."""
    answerer = Answerer(Finder(library.retriever), late_reader(), k=_HITS, threshold=THRESHOLD)
    held = []
    for pair in asked:
        text = answerer.ask(pair.text if in_parts else "; ".join(query.text.strip(" ?") for query in pair.of)).text
        held.append([contains_answer(text, query.answers) for query in pair.of])
    n = max(1, len(held))
    return Both(len(held), sum(all(one) for one in held) / n, sum(any(one) for one in held) / n)


def _told_apart(found: list[Pair]) -> list[Pair]:
    return [pair for pair in found if len(parts_of(pair.text)) == len(pair.of)]
