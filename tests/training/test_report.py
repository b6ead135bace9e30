"""What the learned weights are worth, on examples that can be counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest

from evals.sets.nouns import Query
from rag.interaction import Floats
from rag.late_interaction import READING_VALUES
from training.cli import _chance
from training.examples import Example
from training.learning import chance_worth
from training.report import calibration_error, contained, marked, refusal_area, refused

LABELS = np.array([1, 1, 0, 0], dtype=np.float32)


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


READING = floats(1.0, *[0.0] * (len(READING_VALUES) - 1))
"""The first value alone counts."""


@dataclass
class Some:
    """As much of an example as is asked of one: its sentences, how well each does, and what is marked in it."""

    query: Query
    scores: dict[str, float] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    def sentences(self) -> tuple[Floats, Floats]:
        rows = np.zeros((len(self.scores), len(READING)), dtype=np.float32)
        rows[:, 0] = list(self.scores.values())
        return rows, np.zeros(len(rows), dtype=np.float32)

    def texts(self) -> list[str]:
        return list(self.scores)

    def marks(self) -> list[str]:
        return list(self.words)


def example(answers: tuple[str, ...], scores: dict[str, float], *words: str) -> Example:
    return cast(Example, Some(Query("q", "?", answers), scores, words))


def test_what_is_quoted_holds_an_answer_and_so_many_sentences():
    late = example(("1743",), {"Sheep graze here.": 2.0, "It was built in\n1743.": 1.5, "Boats came later.": 0.0})
    wrong = example(("1743",), {"Sheep graze here.": 2.0})
    none = example(("1743",), {})
    assert contained([late, wrong, none], READING, 0.5) == (pytest.approx(1 / 3), pytest.approx((2 + 1 + 0) / 3))
    assert contained([late], READING, 0.25) == (0, 1)
    assert contained([late], READING, 2.0) == (1, 3)


def test_the_mark_of_the_best_sentence_counts_by_its_nearest_answer():
    best = example(("nine", "the year 1743"), {"a": 0.5, "b": 2.0}, "nine", "in 1743")
    none = example(("nine",), {})
    assert marked([best], READING) == pytest.approx(2 * 1 / (2 + 2)), "`in 1743` and `year 1743`"
    assert marked([best, none], READING) == pytest.approx(0.25)


def test_how_often_the_answerable_looks_likelier():
    assert refusal_area(floats(0.9, 0.4, 0.6, 0.1), LABELS) == 3 / 4
    assert refusal_area(floats(0.9, 0.5, 0.5, 0.1), LABELS) == 3.5 / 4


def test_how_many_of_the_unanswerable_a_precise_threshold_refuses():
    assert refused(floats(0.9, 0.4, 0.6, 0.1), LABELS, 0.9) == 0.5
    assert refused(floats(0.9, 0.4, 0.6, 0.1), LABELS, 0.6) == 1
    assert refused(floats(0.1, 0.4, 0.6, 0.9), LABELS, 0.9) == 0


def test_both_kinds_weigh_half_in_the_calibration_error():
    assert calibration_error(floats(1, 1, 0, 0), LABELS) == 0
    assert calibration_error(floats(0.9, 0.4, 0.6, 0.1), LABELS) == pytest.approx((0.1 + 0.6 + 0.6 + 0.1) / 4)
    few = floats(1, 0, 0, 0)
    assert calibration_error(floats(0.8, 0.5, 0.2, 0.1), few) == pytest.approx(0.2 / 2 + (0.5 + 0.2 + 0.1) / 6)


def test_a_bin_holds_a_tenth_of_the_rows():
    chance = floats(*[0.5, 0.5] * 10)
    assert calibration_error(chance, floats(*[1, 0] * 10)) == pytest.approx(0), "in each bin one of two answers"
    assert calibration_error(chance, floats(*[1] * 10, *[0] * 10)) == pytest.approx(0.5)


def test_the_line_of_the_chance_says_what_the_error_is_over():
    chance = floats(1, 1, 0, 0)
    line = "refusal area 1.000, 1.000 refused at 90% precision, calibration error 0.000 (both kinds weighing half"
    assert _chance(*chance_worth(chance, LABELS)) == f"{line})"
    assert _chance(*chance_worth(chance, LABELS, 1)) == f"{line}; without 1 question whose passages hold no answer)"
    assert _chance(*chance_worth(chance, LABELS, 1200)) == (
        f"{line}; without 1,200 questions whose passages hold no answer)"
    )
