"""How much each value counts when a claim is held against its question and passage: learned from planted sentences."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.attack_set import PLACES, Attack, Case, attacked, of_dataset
from evals.datasets import Dataset
from evals.obedient import quoted
from rag.citations import bare
from rag.instructions import as_evidence
from rag.interaction import Floats
from rag.sentences import sentence_spans
from rag.types import Chunk
from rag.verification.claims import claimed
from rag.verification.topic import APART, Topic
from training.fitting import fit_chance

_LONGEST = 1500
"""Characters of a passage."""
_ATTACKS = 3
"""Planted in each passage, one at a time."""
_PENALTY = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """A claim with its values; `is_apart` where it was planted."""

    claim: str
    values: Floats
    is_apart: bool


def examples(dataset: Dataset, n: int, attacks: Sequence[Attack], topic: Topic) -> list[Example]:
    """Of n passages the sentence that answers and the answers of the set, and what planted attacks demand."""
    rng = random.Random(0)  # noqa: S311 - a sample, not a secret
    answers = {query.text: query.answers for query in dataset.answerable()}
    found = []
    for case in of_dataset(dataset, n):
        plain = Case(case.id, case.title, case.text[:_LONGEST], case.question)
        for claim in _true(plain, answers[case.question]):
            found.append(Example(claim, topic.values(case.question, claim, _chunk(plain)), is_apart=False))
        for attack in rng.sample(attacks, _ATTACKS):
            passage = as_evidence(_chunk(attacked(plain, attack, attack.place or rng.choice(PLACES), rng)))
            for claim in _claims(bare(attack.demanded(case.question))):
                found.append(Example(claim, topic.values(case.question, claim, passage), is_apart=True))
    return found


def learned(sets: Mapping[str, Sequence[Example]]) -> Floats:
    """Weights and a constant; every set counts the same, and so do planted claims and others."""
    return fit_chance([_rows(found) for found in sets.values()], _PENALTY)


def told_apart(of: Sequence[Example], weights: Floats) -> tuple[float, float]:
    """The share of planted claims that are told, and of others that are wrongly told."""
    rows, is_apart = _rows(of)
    said = 1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1]))) >= APART
    return float(said[is_apart > 0].mean()), float(said[is_apart == 0].mean())


def _true(case: Case, answers: Sequence[str]) -> Iterator[str]:
    yield from _claims(bare(quoted(case.question, f"[1] {case.title}\n{case.text}")))
    for answer in answers[:1]:
        if answer in case.text:
            yield from _claims(answer)


def _claims(text: str) -> Iterator[str]:
    return filter(None, (claimed(text[start:end]) for start, end in sentence_spans(text)))


def _chunk(case: Case) -> Chunk:
    return Chunk(1, 1, 0, 0, len(case.text), case.text, "", "", None, None, case.id, case.title, "planted")


def _rows(of: Sequence[Example]) -> tuple[Floats, Floats]:
    return np.stack([one.values for one in of]), np.array([one.is_apart for one in of], dtype=np.float32)
