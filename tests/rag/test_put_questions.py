"""Questions that a text puts itself, with the real reader and the weights that ship."""

from __future__ import annotations

import pytest

from indexes.late_weights import late_reader
from rag.types import Reading
from tests.rag.hits import a_hit

PAIRS = """Q: Do you ship to Norway?
A: Not at the moment. We plan to from May on.

Q: How long is the warranty?
A: Two years from the day of delivery.

Q: Can I pay by invoice?
A: Firms within the EU may."""
LINES = """Where do I park? Behind the church; the key for the bar is in the porch.
When does the shift begin? Come at 8.15, the shift begins at half past eight.
Who do I call when I am ill? Joan Pitt."""


def read(question: str, text: str) -> tuple[list[str], Reading]:
    reading = late_reader().read(question, [a_hit(1, text)])
    return [text[one.start : one.end] for one in reading.spans], reading


@pytest.mark.parametrize(
    ("question", "text", "first"),
    [
        ("Do you ship to Norway?", PAIRS, "A: Not at the moment."),
        ("How long is the warranty?", PAIRS, "A: Two years from the day of delivery."),
        ("Can I pay by invoice?", PAIRS, "A: Firms within the EU may."),
        ("Where do I park?", LINES, "Behind the church; the key for the bar is in the porch."),
        ("Who do I call when I am ill?", LINES, "Joan Pitt."),
    ],
)
def test_what_follows_the_question_answers_it(question: str, text: str, first: str):
    quoted, reading = read(question, text)
    assert quoted[0] == first
    assert not any(question in quote for quote in quoted)
    assert reading.answerability >= 0.5


def test_beside_it_stands_no_answer_to_another_question():
    quoted, _ = read("Do you ship to Norway?", PAIRS)
    assert set(quoted) <= {"A: Not at the moment.", "We plan to from May on."}


def test_a_question_is_quoted_where_such_are_asked_for():
    text = "At the meeting Ada put one thing. Who pays for the crane? Nobody knew."
    quoted, _ = read("What question did Ada put at the meeting?", text)
    assert "Who pays for the crane?" in quoted


def test_a_question_is_quoted_where_nothing_else_is_there():
    quoted, _ = read("Who pays for the crane?", "Who pays for the crane?")
    assert quoted == ["Who pays for the crane?"]


def test_a_question_that_tells_what_is_asked_for_is_quoted():
    text = "Or did Stalin see the west invading at the last moment, when victory was all but assured? I wonder."
    quoted, _ = read("How did Stalin see victory back then?", text)
    assert quoted[0].endswith("all but assured?")
