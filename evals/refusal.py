"""How well the chance of an answer tells questions that can be answered, and what each threshold would refuse.

Answerable: questions whose passages were found. Unanswerable: the same questions with the passages that answer them
taken away, the hardest kind, since what is left is about the same thing. Beside the retrieval sets, cases written for
refusal (contexts that do, or do not, answer).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.question_sets.fields import string, strings
from app.question_sets.lines import json_file, objects
from app.wiring import THRESHOLD
from evals.answer_words import contains_answer
from evals.asking import without_answer
from evals.datasets import Dataset
from evals.reader import sample
from evals.refusal_curve import refused_below, threshold_for
from evals.relevance import relevance_of
from indexes.library import Library
from rag.errors import InputError
from rag.late_interaction import N_READ
from rag.protocols import Reader
from rag.types import Chunk, Hit

Chances = NDArray[np.float64]
"""How likely an answer was said to be, shape [n]."""

Case = tuple[str, list[Hit]]
"""A question, and its contexts as hits."""

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def of_dataset(dataset: Dataset, library: Library, reader: Reader, limit: int) -> tuple[Chances, Chances]:
    """Chances of answerable and of unanswerable questions."""
    relevance = relevance_of(dataset, library)
    yes, no = [], []
    for query in sample(dataset, limit):
        hits = library.retriever.retrieve(query.text, 8).hits
        if any(contains_answer(hit.chunk.text, query.answers) for hit in hits[:N_READ]):
            yes.append(reader.read(query.text, hits).answerability)
        if others := without_answer(query, hits, relevance):
            no.append(reader.read(query.text, others).answerability)
    return np.array(yes), np.array(no)


def of_cases(cases: Sequence[Case], reader: Reader) -> Chances:
    """Chances of cases."""
    return np.array([reader.read(question, hits).answerability for question, hits in cases])


def cases_of(path: Path) -> list[Case]:
    """The cases of a file `{"cases": [{"query": ..., "contexts": [...]}]}`. Raises InputError for another form."""
    whole = json_file(path, "an object with `cases`")
    found = []
    for where, case in objects(whole, "cases", str(path)):
        contexts = strings(case, "contexts", where)
        if not contexts:
            raise InputError(f"{where}: `contexts` is missing or empty")
        found.append((string(case, "query", where), _hits(contexts)))
    return found


def choices(sets: Mapping[str, tuple[Chances, Chances]], wanted: float) -> Iterator[str]:
    """Lines by which a person can choose a threshold: what each is worth over all sets, and which of them refuses with
    the precision that is wanted, over all and in each."""
    yes, no = (np.concatenate([of[kind] for of in sets.values()]) for kind in (0, 1))
    yield f"{'threshold, all sets':20}{'precision':>11}{'recall':>8}{'answerable refused':>20}"
    for one in (refused_below(threshold, yes, no) for threshold in sorted({THRESHOLD, *THRESHOLDS})):
        n = f"{one.wrongly:.3f} ({round(one.wrongly * len(yes)):,} of {len(yes):,})"
        name = f"{one.threshold:.2f}{', as it is set' if one.threshold == THRESHOLD else ''}"
        yield f"{name:20}{one.precision:11.3f}{one.recall:8.3f}{n:>20}"
    yield "precision: share of the refused that was unanswerable, both kinds counting half; recall: of these, refused"
    yield f"highest threshold with a precision of {wanted:.3f} or more:"
    for name, of in {"all sets": (yes, no), **sets}.items():
        found = threshold_for(wanted, *of)
        told = "none" if found is None else f"{found.threshold:.2f} (recall {found.recall:.3f})"
        yield f"  {name}: {told}"


def _hits(contexts: Sequence[str]) -> list[Hit]:
    """Contexts as hits with falling scores, as if they had been retrieved in this order."""
    scores = np.linspace(1, 0, max(2, len(contexts)))
    return [
        Hit(Chunk(n, n, 0, 0, len(text), text, "", "", None, None, str(n), "", ""), float(score), "fused")
        for n, (text, score) in enumerate(zip(contexts, scores, strict=False))
    ]
