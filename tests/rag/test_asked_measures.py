"""A question for a measure is answered by a number of that measure, with the real reader and the weights that ship."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexes.late_weights import late_reader
from rag.asked_measures import asked_kinds, is_other_measure, measure_in, measured
from tests.rag.hits import a_hit

BOX = """Municipality of Switzerland
Country Switzerland
Area 284 km2 (110 sq mi)
Elevation (Church St. Johann) 1,560 m (5,120 ft)
Population (December 2018) 10,832

Davos is an Alpine resort town and a municipality in Switzerland. It has a permanent population of 10,832.
The high mountains around Davos are visited by many."""
FACTS = """- Canton: Graubünden
- Height above sea level: 1,560 m
- Inhabitants: 10,800

Davos lies in a high valley. The high season is from December to March."""


@pytest.mark.parametrize("text", [BOX, FACTS])
@pytest.mark.parametrize("question", ["How high is Davos", "How high is Davos?"])
def test_of_numbers_in_a_box_the_one_of_the_asked_measure_is_marked(text: str, question: str):
    hit = a_hit(1, text)
    first, *_ = late_reader().read(question, [replace(hit, chunk=replace(hit.chunk, title="Davos"))]).spans
    assert first.mark is not None
    assert text[slice(*first.mark)] == "1,560 m"


def test_the_cell_of_a_row_stays_marked_though_another_has_the_unit():
    rows = (
        "| Mountain | Height in m | Distance |\n|---|---|---|\n| Mont Blanc | 4808 | 35 km |\n| Eiger | 3967 | 80 km |"
    )
    first, *_ = late_reader().read("What is the height of Mont Blanc?", [a_hit(1, rows)]).spans
    assert first.mark is not None
    assert rows[slice(*first.mark)] == "4808"


@pytest.mark.parametrize(
    ("marked", "question", "is_other"),
    [
        ("10,832", "How high is Davos?", True),
        ("1,560 m", "How high is Davos?", False),
        ("very high", "How high is Davos?", False),
        ("10,832", "How many live in Davos?", False),
    ],
)
def test_a_number_of_another_measure(marked: str, question: str, is_other: bool):  # noqa: FBT001 - a case's
    assert is_other_measure(marked, question) == is_other


def first(question: str, *texts: str, near: float = 2.0) -> str:
    """Which comes first of sentences that are each a little worse than the one before."""
    scores = -np.arange(len(texts), dtype=np.float32)
    return texts[measured(scores, question, texts, [0] * len(texts), near) or 0]


def test_only_numbers_of_other_measures_make_way_and_not_for_what_is_far_worse():
    people, high, far = "It has 10,800 inhabitants.", "It lies at 1,560 m.", "It lies in the south."
    assert first("How high is it?", people, high) == high
    assert first("How high is it?", people, far, far, high) == people
    assert first("How high is it?", far, high) == far, "a sentence without a number may answer in words"
    assert first("How high is it?", "The pass is 900 m high.", high) == "The pass is 900 m high."
    assert first("How high is it?", "| Davos | 1560 |", high) == "| Davos | 1560 |", "a head says what a cell means"
    assert first("How long did it last?", "It was lost by 2 men, and a week later found.", "It was 3 days.").endswith(
        "found."
    )
    assert first("How tall is he?", "He is 6'4 and 200 strong.", "The mast is 9 feet.").startswith("He")
    assert measured(np.array([1, 0], dtype=np.float32), "How high is it?", [people, high], [0, 1], 2.0) is None
    assert first("How many are there?", people, high) == people
    assert first("How high is it?", "It has 284 km2.", "It has 110 sq mi.", high) == high


def test_the_kinds_that_are_asked_for():
    assert asked_kinds("What is the elevation of Davos?") == {"length"}
    assert asked_kinds("How long is the way?") == {"length", "time"}
    assert asked_kinds("How much does it weigh?") == {"mass"}
    assert not asked_kinds("Who is high up?")


def test_the_number_is_marked_with_its_unit():
    assert measure_in("Area 284 km2, height 1,560 m (5,120 ft)", "How high is it?") == (21, 28)
    assert measure_in("It has 10,800 inhabitants.", "How high is it?") is None
