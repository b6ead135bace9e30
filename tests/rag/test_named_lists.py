"""Lists that are asked for in other words than those above them, with the real encoder and the weights that ship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from indexes.late_weights import late_reader
from rag.candidates import Candidates
from rag.named_lists import asks_for_several, named_list
from rag.types import Vectors
from tests.rag.hits import a_hit

COURSE = """# Pottery for beginners

Weekly plan:

- Pinch pots
- Coiled vases
- Throwing on the wheel
- Glazing and firing

What to bring:

- An apron
- A towel
- Old clothes

The fee is 148 euros. The tutor is Ada Moor."""


def read(question: str, text: str = COURSE) -> tuple[list[str], float]:
    hit, title = a_hit(1, text), text.split("\n", maxsplit=1)[0][2:]
    reading = late_reader().read(question, [replace(hit, chunk=replace(hit.chunk, title=title, heading=title))])
    return [text[one.start : one.end] for one in reading.spans], reading.answerability


@pytest.mark.parametrize(
    ("question", "items"),
    [
        (
            "Which topics are covered in the pottery course for beginners, week by week?",
            ["- Pinch pots", "- Coiled vases", "- Throwing on the wheel", "- Glazing and firing"],
        ),
        ("what equipment do beginners need for pottery?", ["- An apron", "- A towel", "- Old clothes"]),
    ],
)
def test_a_list_is_quoted_whole_that_is_asked_for_in_other_words(question: str, items: list[str]):
    quoted, chance = read(question)
    assert quoted == items
    assert chance > 0.4


def test_one_thing_that_stands_beside_lists_is_still_quoted():
    assert read("Who is the tutor?")[0][0] == "The tutor is Ada Moor."
    assert read("what does the pottery course cost?")[0] == ["The fee is 148 euros."]


def test_an_item_that_the_question_tells_from_the_others_is_quoted_alone():
    rubbish = "# Rubbish\n\nWhat goes into which bin:\n\n- Green: plastic bottles\n- Blue: paper\n- Brown: garden waste"
    quoted, _ = read("what do plastic bottles go into?", rubbish)
    assert "- Green: plastic bottles" in quoted
    assert "- Blue: paper" not in quoted


def test_without_a_list_that_is_alike_nothing_is_answered():
    assert read("what are the side effects of ibuprofen?")[1] < 0.1


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("Which foods may guests bring to the wedding?", "Foods that guests may not bring to the wedding:"),
        ("Which foods may guests not bring to the wedding?", "Foods that guests may bring to the wedding:"),
        ("What are the parts of order A-1234?", "Parts of order A-1235:"),
        ("Which nuts are in the cake?", "Cake:"),
    ],
)
def test_a_list_of_the_contrary_or_of_another_code_is_none(question: str, lead: str):
    hit = a_hit(1, f"{lead}\n\n- Walnuts\n- Fish\n- Wine")
    places = [(0, (len(lead) + 2, len(lead) + 11)), (0, (len(lead) + 12, len(lead) + 18))]
    among = Candidates(question, [hit], places)
    scores = np.zeros(2, dtype=np.float32)
    if lead == "Cake:":
        scores[0] = -np.inf
    assert named_list(among, scores, alike) is None
    text = hit.chunk.text.replace(lead, f"{'x' * (len(lead) - 1)}:")
    other = Candidates("Which foods may guests bring?", [a_hit(1, text)], places)
    assert named_list(other, np.zeros(2, dtype=np.float32), alike) is not None


def alike(texts: Sequence[str]) -> Vectors:
    """All the same."""
    return np.ones((len(texts), 1), dtype=np.float32)


@pytest.mark.parametrize(
    "question",
    [
        "which papers have to go with the form",
        "What are the system requirements?",
        "what evening food is there",
        "who is on the committee",
        "How do I reset it?",
        "what's in the kitchen?",
        "I am moving out, what are all the things I need to do?",
    ],
)
def test_questions_for_several_things(question: str):
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "when is the exam?",
        "Who is the treasurer?",
        "what is the deadline for grant forms",
        "how long does it take?",
        "What is the wifi password?",
        "What does the boiler service cost?",
        "Who is in charge of the kitchen?",
        "",
    ],
)
def test_questions_for_one_thing(question: str):
    assert not asks_for_several(question)
