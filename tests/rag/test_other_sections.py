"""A passage about another person than the one who is asked about is no answer, with the reader that ships."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexes.late_weights import late_reader
from rag.candidates import Candidates
from rag.other_sections import of_other_sections
from rag.types import Hit
from tests.rag.hits import a_hit

SECTIONS = {
    "Staff reviews > Yusuf Amari": "He runs the office. From January the salary goes up to £34,500 a year.",
    "Staff reviews > Darren Pike": "Came from college in 2022 and works a full week of thirty-seven hours.",
}


def sections(document: int = 1) -> list[Hit]:
    hits = [a_hit(n, text, document=document) for n, text in enumerate(SECTIONS.values())]
    return [
        replace(hit, chunk=replace(hit.chunk, title="Staff reviews", heading=heading))
        for hit, heading in zip(hits, SECTIONS, strict=True)
    ]


def first(question: str, hits: list[Hit]) -> tuple[str, float]:
    reading = late_reader().read(question, hits)
    return hits[reading.spans[0].hit].chunk.heading, reading.answerability


@pytest.mark.parametrize(
    ("question", "name"),
    [("What is the salary of Yusuf Amari?", "Yusuf Amari"), ("How many hours does Darren Pike work?", "Darren Pike")],
)
def test_who_is_asked_about_is_quoted(question: str, name: str):
    heading, chance = first(question, sections())
    assert heading.endswith(name)
    assert chance > 0.3


RISE = "When does the salary of Darren Pike go up?"


@pytest.mark.parametrize("question", ["What is the salary of Darren Pike?", RISE])
def test_what_is_told_of_another_one_is_no_answer(question: str):
    heading, chance = first(question, sections())
    assert heading.endswith("Darren Pike")
    assert chance < 0.3


def test_a_section_of_another_document_has_no_say():
    hits = sections()
    hits[0] = replace(hits[0], chunk=replace(hits[0].chunk, document_id=2))
    heading, _ = first(RISE, hits)
    assert heading.endswith("Yusuf Amari"), "its document may be about him all the same"


def test_a_name_in_small_letters_is_none():
    heading, _ = first(RISE.lower(), sections())
    assert heading.endswith("Yusuf Amari")


@pytest.mark.parametrize(
    "question",
    ["When must the Tenant pay the rent?", "When is the rent due from the Tenant?", "What does a Tenant pay?"],
)
def test_the_party_of_a_contract_is_nobody_of_that_name(question: str):
    texts = {"Lease > Obligations of the Tenant": "The Tenant keeps the flat clean.",
             "Lease > Payment": "Rent is due on the first of each month."}  # fmt: skip
    hits = [a_hit(n, text, document=1) for n, text in enumerate(texts.values())]
    hits = [replace(hit, chunk=replace(hit.chunk, heading=heading)) for hit, heading in zip(hits, texts, strict=True)]
    places = [(n, (0, len(hit.chunk.text))) for n, hit in enumerate(hits)]
    assert of_other_sections(Candidates(question, hits, places)) == [False, False]
