"""Lists that are asked for in other words than those above them, with the real encoder and the weights that ship."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexes.late_weights import late_reader
from rag.asked_lists import MOST_ITEMS
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


def among(question: str, lead: str = LEAD[:-1]) -> Candidates:
    """What stands above the list is filled up, so that all places stay."""
    return Candidates(question, [a_hit(1, TEXT.replace(LEAD, f"{lead:{len(LEAD) - 1}}:"))], PLACES)


def test_a_list_is_as_likely_as_its_first_item_begins_and_its_last_ends_an_answer():
    scores = np.array([0, 2, 1, 3], dtype=np.float32)
    found = likeliest_list(among("What may they bring?"), scores, [located(0, 2)])
    assert found is not None
    assert (found.places, found.cut, found.best, found.logit) == ([0, 1, 2], [], 1, 6)
    assert found.text == f"{LEAD}\n- Walnuts\n- Fish\n- Wine"
    assert not found.is_doubtful
    one = likeliest_list(among("May they bring walnuts?"), scores, [located(1, 1)])
    assert one is not None
    assert one.logit == -10
    assert one.is_doubtful


def test_what_a_rule_has_left_out_and_what_lacks_the_code_is_no_list():
    scores = np.zeros(len(PLACES), dtype=np.float32)
    left_out = scores.copy()
    left_out[0] = -np.inf
    assert likeliest_list(among("What may they bring?"), left_out, [located(0, 2)]) is None
    for asked, lead, is_one in (
        ("A-1234", "Parts of A-1235", False),
        ("A-1235", "Parts of A-1235", True),
        ("A-1235", "Parts", False),
    ):
        found = likeliest_list(among(f"parts of order {asked}?", lead), scores, [located(0, 2)])
        assert (found is not None) == is_one


def test_one_item_of_two_sentences_is_no_list():
    text = "Fees:\n\n- The fee is 148 euros. The tutor is Ada Moor."
    one = Candidates("What does it cost?", [a_hit(1, text)], [(0, (7, 30)), (0, (31, 53))])
    assert likeliest_list(one, np.zeros(2, dtype=np.float32), [located(0, 1)]) is None


def test_a_long_list_is_not_quoted_without_the_item_that_answers():
    things = [f"- thing {n}" for n in range(1, 20)]
    long = "# Shed\n\nIn it:\n\n" + "\n".join([*things, "- the spare key of the boat house, behind the paint"])
    quoted, _ = read("where is the spare key of the boat house?", long)
    assert any("spare key" in text for text in quoted)
    assert len(read("what is in the shed?", long)[0]) == MOST_ITEMS


def test_lists_of_two_passages_that_overlap_are_two():
    twice = Candidates(
        "What may they bring?", [a_hit(1, TEXT), a_hit(2, TEXT)], [*PLACES, *((1, at) for _, at in PLACES)]
    )
    found = likeliest_list(twice, np.zeros(8, dtype=np.float32), [located(1, 1), located(0, 2)])
    assert found is not None
    assert (found.places, found.logit) == ([4, 5, 6], 6)


PARTY = """# Garden party

Guests may bring:

- Walnut bread
- Fruit
- Wine

Guests may not bring:

- Fish
- Fireworks
- Dogs

The party begins at noon. The plumber is Lea Brandt."""
BROUGHT, LEFT = ["- Walnut bread", "- Fruit", "- Wine"], ["- Fish", "- Fireworks", "- Dogs"]


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("Which things may guests bring to the party?", BROUGHT),
        ("Which things may guests not bring to the party?", LEFT),
        ("What are guests not allowed to bring?", LEFT),
        ("what is forbidden at the party?", LEFT),
    ],
)
def test_a_list_of_what_is_not_is_told_from_its_contrary(question: str, items: list[str]):
    assert read(question, PARTY)[0] == items


def test_a_text_that_puts_the_question_itself_is_answered_by_its_list():
    put = "# Pottery\n\nWhat do I have to bring?\n\n- An apron\n- A towel\n\nWhat does it cost?\n\nThe fee is 12 euros."
    quoted, chance = read("What do I have to bring?", put)
    assert quoted == ["- An apron", "- A towel"]
    assert chance >= 0.5
    assert read("What does it cost?", put)[0] == ["The fee is 12 euros."]


def test_a_row_of_a_table_and_a_sentence_with_the_code_stay_beside_lists():
    table = (
        "# House\n\n| Who | Phone |\n|---|---|\n| Plumber | 555 123 |\n| Baker | 555 456 |\n\nTo do:\n\n- call\n- wait"
    )
    assert read("What is the phone number of the plumber?", table)[0][0] == "| Plumber | 555 123 |"
    order = "# Orders\n\nOrder A-1235 has walnuts and fish.\n\nParts:\n\n- Walnuts\n- Fish"
    assert read("What is in order A-1235?", order)[0][0] == "Order A-1235 has walnuts and fish."


def test_german_lists_are_quoted_only_where_they_are_the_likelier_answer():
    pool = (
        "# Freibad\n\nPreise:\n\n- Erwachsene 4 Euro\n- Kinder 2 Euro\n\nDas Freibad ist von 9 bis 20 Uhr geöffnet. "
        "Der Bademeister ist nicht immer da."
    )
    assert read("Wann ist das Freibad geöffnet?", pool)[0][0] == "Das Freibad ist von 9 bis 20 Uhr geöffnet."
