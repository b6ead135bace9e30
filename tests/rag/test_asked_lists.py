"""Which list a question is about, and whether it is quoted whole, with the real reader and the weights that ship."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexes.late_weights import late_reader
from rag.asked_lists import MOST_ITEMS, asked_items, of_other_lists
from rag.lists import lists_of
from rag.types import Reading
from tests.rag.hits import a_hit

RECORD = """## Medications

- Metformin 500 mg twice a day
- Lisinopril 10 mg once a day
- Atorvastatin 20 mg at night

## Allergies

- Penicillin (rash)
- Latex"""
OFFER = """OFFER 2024-117

Scope of work
- Remove the old roof tiles
- Install 60 m2 of insulation

Not included:
- Scaffolding
- Disposal of asbestos

Payment terms:
- 30 % on signing
- 70 % within 14 days of completion"""
MINUTES = """# Kick-off meeting

Attendees:

- Ada Park (chair)
- Ben Ruiz
- Cleo Marsh

The following was decided on the day, as all agreed:

1. The quay is renovated first.
2. The crane is hired, not bought.
3. Work begins on 4 May."""

SERVICES = """Brightwater carries out the following:
- yearly inspection of all boilers
- cleaning of the grease traps every six weeks
- emergency call-out within four hours"""


def read(question: str, text: str, title: str = "") -> tuple[list[str], Reading]:
    """The quoted lines, and all."""
    hit = a_hit(1, text)
    reading = late_reader().read(question, [replace(hit, chunk=replace(hit.chunk, title=title))])
    return [text[one.start : one.end] for one in reading.spans], reading


def test_each_list_has_the_line_above_it():
    found = [(one.lead, OFFER[one.start : one.end].count("\n") + 1, one.is_name) for one in lists_of(OFFER)]
    assert found == [("Scope of work", 2, True), ("Not included:", 2, True), ("Payment terms:", 2, True)]
    leads = [(one.lead, one.is_name) for one in lists_of(MINUTES)]
    assert leads == [("Attendees:", True), ("The following was decided on the day, as all agreed:", False)]
    assert [one.lead for one in lists_of(RECORD)] == ["Medications", "Allergies"]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("- Latex\n- Nuts", "Health > Allergies"),
        ("It was seen in May.\n\n- Latex\n- Nuts", "Health > Allergies"),
        ("It was seen. She avoids:\n\n- Latex\n- Nuts", "She avoids:"),
        ("She avoids:\n– Latex\n– Nuts", "She avoids:"),
        ("She has had:\n[x] Latex\n[ ] Nuts", "She has had:"),
    ],
)
def test_a_list_below_no_line_of_its_own_has_the_heading(text: str, lead: str):
    assert [one.lead for one in lists_of(text, "Health > Allergies")] == [lead]


@pytest.mark.parametrize(
    ("question", "text", "title", "lines"),
    [
        ("What medications does the patient take?", RECORD, "Patient record: Maria Keller", [2, 3, 4]),
        ("What allergies does the patient have?", RECORD, "Patient record: Maria Keller", [8, 9]),
        ("What are the payment terms?", OFFER, "", [11, 12]),
        ("What is the scope of work?", OFFER, "", [3, 4]),
        ("Who were the attendees of the kick-off meeting?", MINUTES, "", [4, 5, 6]),
        ("What was decided?", MINUTES, "", [8, 10, 11, 12]),
        ("What services does Brightwater carry out?", SERVICES, "Service contract", [0, 1, 2, 3]),
    ],
)
def test_a_list_is_quoted_whole_and_alone(question: str, text: str, title: str, lines: list[int]):
    quoted, reading = read(question, text, title)
    assert quoted == [text.splitlines()[n] for n in lines]
    assert reading.answerability >= 0.5
    assert all(span.mark is None for span in reading.spans), "no item of it is the answer"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What dose of Lisinopril does the patient take?", "- Lisinopril 10 mg once a day"),
        ("When does the work begin?", "3. Work begins on 4 May."),
        ("Who is the chair?", "- Ada Park (chair)"),
    ],
)
def test_one_item_is_quoted_first_where_it_is_asked_for(question: str, first: str):
    text = RECORD if first in RECORD else MINUTES
    quoted, _ = read(question, text, "Patient record")
    assert quoted[0] == first


@pytest.mark.parametrize(
    "question", ["What surgeries has the patient had?", "What vaccinations does the patient have?"]
)
def test_a_list_of_another_kind_is_no_answer(question: str):
    _, reading = read(question, RECORD, "Patient record: Maria Keller")
    assert reading.answerability < 0.2


def test_of_a_long_list_the_first_items_are_quoted():
    text = "Ingredients\n\n" + "\n".join(f"- {n} g of spice number {n}" for n in range(1, 16))
    quoted, _ = read("What ingredients are needed?", text, "Curry")
    assert quoted == text.splitlines()[2 : 2 + MOST_ITEMS]


def test_a_heading_within_a_passage_is_no_answer():
    text = "### Present\n\n- Ada Park\n- Ben Ruiz\n\n### Apologies\n\nCleo Marsh sent hers from Leeds."
    quoted, _ = read("Who was present?", text, "Minutes of the meeting")
    assert quoted
    assert not any(line.startswith("#") for line in quoted)


def test_a_name_is_quoted_where_nothing_else_is_there():
    quoted, _ = read("What are the payment terms?", "Payment terms")
    assert quoted == ["Payment terms"]


def test_an_item_whose_list_is_named_otherwise_is_of_another_list():
    hit = a_hit(1, OFFER)
    lines = [OFFER.index(words) for words in ("Scaffolding", "30 %")]
    items = asked_items("What are the payment terms?", [hit], [(0, (start, start + 4)) for start in lines])
    assert of_other_lists(items) == [True, False]
    items = asked_items("What is said of scaffolding?", [hit], [(0, (start, start + 11)) for start in lines])
    assert of_other_lists(items) == [False, False]
