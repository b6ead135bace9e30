"""Lists that are asked for in other words than those above them, with the real encoder and the weights that ship."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexes.late_weights import late_reader
from rag.candidates import Candidates
from rag.locating import Located
from rag.read_lists import likeliest_list
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
        pytest.param(
            "what equipment do beginners need for pottery?",
            ["- An apron", "- A towel", "- Old clothes"],
            marks=pytest.mark.xfail(reason="the joint reader takes pots and vases for equipment"),
        ),
        ("what do I have to bring to the pottery course?", ["- An apron", "- A towel", "- Old clothes"]),
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


LEAD = "Foods that guests may bring:"
TEXT = f"{LEAD}\n\n- Walnuts\n- Fish\n- Wine\n\nGuests come at noon."
PLACES = [(0, (30, 39)), (0, (40, 46)), (0, (47, 53)), (0, (55, 75))]


def located(start: int, end: int) -> Located:
    """As read where an answer begins with one piece and ends with another; a piece for each place."""
    starts, ends = np.full((2, len(PLACES)), -5, dtype=np.float32)
    starts[start] = ends[end] = 3
    places = np.array([place for _, place in PLACES])
    return Located(0.0, starts + ends, [None] * len(PLACES), starts, ends, places)


def among(question: str, lead: str = LEAD) -> Candidates:
    return Candidates(question, [a_hit(1, TEXT.replace(LEAD, lead))], PLACES)


def test_a_list_is_as_likely_as_its_first_item_begins_and_its_last_ends_an_answer():
    scores = np.array([0, 2, 1, 3], dtype=np.float32)
    found = likeliest_list(among("What may they bring?"), scores, [located(0, 2)])
    assert found is not None
    assert (found.places, found.best, found.logit) == ([0, 1, 2], 1, 6)
    assert found.text.startswith(f"{LEAD[:-1]}")
    assert found.text.endswith("- Wine")
    assert not found.is_told
    one = likeliest_list(among("May they bring walnuts?"), scores, [located(1, 1)])
    assert one is not None
    assert one.logit == -10
    assert one.is_told


def test_what_a_rule_has_left_out_and_what_is_of_another_code_is_no_list():
    scores = np.zeros(len(PLACES), dtype=np.float32)
    left_out = scores.copy()
    left_out[0] = -np.inf
    assert likeliest_list(among("What may they bring?"), left_out, [located(0, 2)]) is None
    for question, is_one in (("parts of order A-1234?", False), ("parts of order A-1235?", True)):
        found = likeliest_list(among(question, "The parts of order A-1235 is:"), scores, [located(0, 2)])
        assert (found is not None) == is_one


def test_a_list_that_was_not_read_is_far_below_any_answer():
    nothing = Located(0.0, np.zeros(len(PLACES), dtype=np.float32), [None] * len(PLACES))
    found = likeliest_list(among("What may they bring?"), np.zeros(len(PLACES), dtype=np.float32), [nothing])
    assert found is not None
    assert found.logit < -1000
