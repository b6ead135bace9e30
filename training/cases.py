"""Cases written for refusing, on which the chance is measured: a question with contexts that do, or do not, answer it.
Half of them have taught the joint reader (`training/mining.py`); here stands the other half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.refusal import cases_of
from rag.comparing import Comparisons
from rag.held_words import not_held
from rag.interaction import Floats
from rag.late_interaction import answered_values, reading_rows
from rag.likeness import Embed, likeness
from rag.locating import Locator
from training.held import is_held_out_case


@dataclass(frozen=True, slots=True)
class Case:
    """`READING_VALUES` of every sentence of its contexts, and whether they answer."""

    rows: Floats
    alike: Floats
    """How alike each of them is with the question."""
    is_answered: bool


def cases(answered: Path, unanswered: Path, comparisons: Comparisons, locator: Locator, embed: Embed) -> list[Case]:
    """The held-out cases of two files, those that have a sentence. Raises InputError for files of another form."""
    found = []
    for path, is_answered in ((answered, True), (unanswered, False)):
        for question, hits in cases_of(path):
            if not is_held_out_case(question):
                continue
            asked, read = comparisons.of(question, hits)
            located = locator.locate(asked, hits, read)
            rows = reading_rows(question, hits, read, located)
            if len(rows):
                pairs = zip(hits, read, strict=True)
                texts = [hit.chunk.text[slice(*span)] for hit, one in pairs for span in one.spans]
                found.append(Case(rows, likeness(question, texts, embed), is_answered))
    return found


def case_rows(of: Sequence[Case], reading: Floats) -> tuple[Floats, Floats]:
    """`ANSWERED_VALUES` of the best sentence of each case, shape [n, values], and 1 where its contexts answer."""
    best = [int((one.rows @ reading).argmax()) for one in of]
    rows = np.stack([one.rows[i] for one, i in zip(of, best, strict=True)])
    alike = np.array([one.alike[i] for one, i in zip(of, best, strict=True)])
    labels = np.array([one.is_answered for one in of], dtype=np.float32)
    return answered_values(rows, alike, not_held(len(rows))), labels
