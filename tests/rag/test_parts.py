"""Questions that ask for several things, and answers to some of them."""

from collections.abc import Sequence

import pytest

from rag.partial import not_covered, read_in_parts
from rag.query.parts import completed_parts, parts_of
from rag.types import AnswerSpan, Hit, Reading
from tests.rag.hits import a_hit


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is the rent, and when is it due?", ("What is the rent?", "When is it due?")),
        ("How long is the pier? And who built it?", ("How long is the pier?", "Who built it?")),
        ("How many people died and what caused it?", ("How many people died?", "What caused it?")),
        ("Is the pool open and is it heated?", ("Is the pool open?", "Is it heated?")),
        ("When is it due, how much is it?", ("When is it due?", "How much is it?")),
        ("Wie hoch ist die Miete und wann ist sie fällig?", ("Wie hoch ist die Miete?", "Wann ist sie fällig?")),
        (
            "Was kostet der Platz und wie lange darf man bleiben?",
            ("Was kostet der Platz?", "Wie lange darf man bleiben?"),
        ),
        ("Wo liegt das Boot und was kostet die Fahrt?", ("Wo liegt das Boot?", "Was kostet die Fahrt?")),
        ("Wer kocht dort und wo werden die Teller gespült?", ("Wer kocht dort?", "Wo werden die Teller gespült?")),
    ],
)
def test_each_thing_that_is_asked_for_is_a_question(question: str, parts: tuple[str, ...]):
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between salt and pepper?",
        "Which rooms are free and can be booked?",
        "Who built the pier and was lost at sea?",
        "Was weiß man über den Hafen und die Boote?",
        "When and where was he born?",
        "Who was highly honored and had done much good?",
        "Name the harbour master and what he does",
        "Are dogs and cats allowed?",
        "and what?",
        "When the tenant dies, who pays the rent?",
        "When I move out, do I get the deposit back?",
        "Where the goods are faulty, what can the buyer do?",
        "Is the deposit, which I paid in March, refundable?",
        "What does the landlord, who lives abroad, have to pay?",
        "Which days, if any, is the office closed?",
        "",
    ],
)
def test_one_thing_stays_one_question(question: str):
    assert parts_of(question) == (question,)


def test_a_later_part_gets_what_it_points_at():
    assert completed_parts("How long is the pier? Who built it?")[1] == "Who built it? (pier)"
    assert completed_parts("Where is Rome?") == ("Where is Rome?",)


class Knows:
    """Answers questions with certain words from the first hit that has the same."""

    def __init__(self, **chances: float) -> None:
        self.chances = chances

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        for word, chance in self.chances.items():
            if word in question:
                n = next(n for n, hit in enumerate(hits) if word in hit.chunk.text)
                return Reading((AnswerSpan(n, 0, 5, 1.0), AnswerSpan(n, 6, 9, 0.5), AnswerSpan(n, 10, 12, 0.2)), chance)
        return Reading((), 0.1)


HITS = [a_hit(1, "the rent is 900"), a_hit(2, "it is due monthly")]
QUESTION = "What is the rent, and when is it due?"


def test_every_part_is_quoted_for_and_the_likeliest_one_tells_the_chance():
    reading = read_in_parts(Knows(due=0.9, rent=0.6), "What is the fee called rent, and when is this due?", HITS, 0.3)
    assert [(span.hit, span.start) for span in reading.spans] == [(0, 0), (0, 6), (1, 0), (1, 6)]
    assert (reading.answerability, reading.left_open) == (0.9, ())


def test_what_is_not_covered_is_said():
    reading = read_in_parts(Knows(due=0.2, rent=0.6), "What is the fee called rent, and when is this due?", HITS, 0.3)
    assert {span.hit for span in reading.spans} == {0}
    assert reading.left_open == ("When is this due?",)
    assert not_covered(reading.left_open) == "Your documents do not seem to answer: “When is this due?”."


def test_where_nothing_is_covered_nothing_is_partial():
    reading = read_in_parts(Knows(due=0.1, rent=0.2), QUESTION, HITS, 0.3)
    assert (reading.spans, reading.left_open, reading.answerability) == ((), (), 0.2)
    assert not_covered(()) == ""
