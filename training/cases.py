"""Cases written for refusing, which teach and measure the chance alone: a question with contexts that do, or do not,
answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.refusal import cases_of
from rag.comparing import Comparisons
from rag.interaction import Floats
from rag.late_interaction import answered_values, reading_rows
from rag.locating import Locator
from training.held import is_held_out_case


@dataclass(frozen=True, slots=True)
class Case:
    """`READING_VALUES` of every sentence of its contexts, and whether they answer."""

    rows: Floats
    is_answered: bool
    is_apart: bool
    """Kept for measuring; every other case teaches."""


def cases(answered: Path, unanswered: Path, comparisons: Comparisons, locator: Locator) -> list[Case]:
    """What two files hold; a case without a sentence is left out. Raises InputError for files of another form."""
    found = []
    for path, is_answered in ((answered, True), (unanswered, False)):
        for question, hits in cases_of(path):
            asked, read = comparisons.of(question, hits)
            located = locator.locate(asked, hits, read)
            rows = reading_rows(question, hits, read, located)
            if len(rows):
                found.append(Case(rows, is_answered, is_held_out_case(question)))
    return found


def case_rows(of: Sequence[Case], reading: Floats) -> tuple[Floats, Floats]:
    """`ANSWERED_VALUES` of the best sentence of each case, shape [n, values], and 1 where its contexts answer."""
    rows = [one.rows[int((one.rows @ reading).argmax())] for one in of]
    return answered_values(np.stack(rows)), np.array([one.is_answered for one in of], dtype=np.float32)
