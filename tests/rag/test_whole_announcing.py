"""What a list of a topic has from below the headings and lines that announce it."""

from dataclasses import replace

import pytest

from rag.whole.announcing import announced
from rag.whole.quotes import quotes_of
from rag.whole.terms import terms
from tests.rag.hits import a_hit


def rows(topic: str, text: str, *, title: str = "Notes", heading: str = "") -> list[str]:
    chunk = replace(a_hit(1, text).chunk, title=title, heading=heading)
    quotes = quotes_of(chunk)
    found = announced(terms(topic), chunk, quotes, 0.5)
    assert not found.rows & found.names
    return [quotes[n].text for n in sorted(found.rows)]


MINUTES = """Present were Anna and Peter, and the meeting began at seven.

{marks}Decisions

- Roof repair approved
- Fee raised to 60 EUR

{marks}Next meeting

The next meeting takes place on 3 April in the hall."""


@pytest.mark.parametrize("marks", ["## ", "# ", "#### ", ""])
def test_a_heading_within_a_passage_announces_its_list_alone(marks: str):
    assert rows("decisions", MINUTES.format(marks=marks)) == ["Roof repair approved", "Fee raised to 60 EUR"]


def test_a_heading_holds_for_the_headings_below_it():
    text = "# Tasks\n\n## Anna\n\n- order the cake\n\n## Peter\n\n- send letters\n\n# Guests\n\n- Tom Hill"
    assert rows("tasks", text) == ["order the cake", "send letters"]


def test_a_section_without_a_list_is_told_by_its_sentences():
    text = "He keeps the accounts of the club. He collects the fees in January."
    path = "Statutes > Duties of the treasurer"
    assert rows("duties of the treasurer", text, heading=path) == text.replace("club. ", "club.\n").splitlines()
    assert rows("duties of the secretary", text, heading=path) == []


@pytest.mark.parametrize(
    "lead",
    ["The treasurer has the following duties.", "Duties of the treasurer:", "The duties of the treasurer"],
)
def test_a_line_above_a_list_announces_it(lead: str):
    text = f"{lead}\n\n- keep the accounts\n- collect fees\n\nThe hall is locked at ten."
    assert rows("duties of the treasurer", text) == ["keep the accounts", "collect fees"]


def test_a_table_is_announced_too():
    table = "| Name | Role |\n|---|---|\n| Anna Berg | chair |\n| Tom Hill | clerk |"
    expected = ["| Anna Berg | chair |", "| Tom Hill | clerk |"]
    assert rows("members of the board", f"Members of the board:\n\n{table}") == expected
    assert rows("members of the board", table, heading="Members of the board") == expected


@pytest.mark.parametrize(("title", "n"), [("Guest list", 2), ("Guests", 2), ("Guests of the harbour", 0), ("Notes", 0)])
def test_a_title_that_says_nothing_else_announces(title: str, n: int):
    assert len(rows("guests", "- Eva Braun\n- Tom Hill", title=title, heading=title)) == n


def test_what_is_said_of_something_else_is_no_row():
    text = "- Eva Braun\n- Tom Hill\n\nThe guests sleep in the tower."
    assert rows("guests", text) == []
