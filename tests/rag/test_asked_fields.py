"""Which field of a form a question asks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.asked_fields import of_other_fields
from rag.candidates import Candidates
from rag.lines import Span
from tests.rag.hits import a_hit

FORM = ["Name: Premier Group", "Contact: Michael Chen", "Billing contact: accounts@premier.example", "It opens at six."]


def others(question: str, *passages: list[str], scores: Sequence[float] = ()) -> list[bool]:
    hits = [a_hit(n, "\n".join(lines)) for n, lines in enumerate(passages)]
    places: list[tuple[int, Span]] = []
    for n, lines in enumerate(passages):
        start = 0
        for line in lines:
            places.append((n, (start, start + len(line))))
            start += len(line) + 1
    return of_other_fields(
        np.array(scores or [0.0] * len(places), dtype=np.float32), Candidates(question, hits, places)
    )


@pytest.mark.parametrize(
    ("question", "out"),
    [
        ("Who is the billing contact?", [True, True, False, False]),
        ("Who is the contact?", [True, False, False, False]),
        ("When does it open?", [False, False, False, False]),
        ("Is Michael Chen the contact for billing?", [True, False, False, False]),
    ],
)
def test_fields_with_less_of_the_question_are_others(question: str, out: list[bool]):
    assert others(question, FORM) == out


def test_a_field_of_another_passage_has_no_say():
    assert others("Who is the billing contact?", FORM[:2], FORM[2:]) == [True, False, False, False]


COURSE = ["Course: First aid", "Price: 80 EUR", "Date: 3 May 2025", "Place: Room 4"]


def test_a_field_with_nothing_of_the_question_may_answer_in_other_words():
    question = "How much does the course cost?"
    assert others(question, COURSE, scores=[1, 2, 0, 0]) == [False, False, True, True]
    assert others(question, COURSE, scores=[2, 1, 0, 0]) == [False, True, True, True]
    assert others("Who is the billing contact?", FORM, scores=[3, 4, 2, 0]) == [True, True, False, False]
