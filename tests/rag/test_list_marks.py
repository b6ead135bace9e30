"""What opens an item of a list, and what only looks like it."""

import pytest

from rag.lists import lists_of
from tests.rag.test_sentences import sentences


@pytest.mark.parametrize(
    "text",
    [
        "a. Rent;\nb. Deposit; and\nc. Fees.",
        "i. Rent\nii. Deposit\niii. Fees\niv. Taxes",
        "2.1 Rent: 900 EUR\n2.2 Deposit: 1800 EUR\n2.3 Term: a year",
        "✓ Passport\n✓ Photo",
        "■ Passport\n■ Photo",
        "○ Passport\n○ Photo",
        "➢ Passport\n➢ Photo",
        "☐ Passport\n☑ Photo",
        "\uf0b7 Passport\n\uf0b7 Photo",
    ],
)
def test_every_item_is_a_line_of_one_list(text: str):
    assert sentences(text) == text.split("\n")
    assert [(one.start, one.end) for one in lists_of(text)] == [(0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "The rate of the loan rose in that year to\n3.5 percent of what was left",
        "It was written by the well known\nA. Smith of Leeds",
        "They met in a town by the sea,\ni. e. in Hull",
        "Man trifft sich im Hafen,\nd. h. am Wasser",
    ],
)
def test_a_wrapped_line_is_no_item(text: str):
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("lead", "is_lead"),
    [
        ("The treasurer has the following duties.", True),
        ("Die Aufgaben sind wie folgt.", True),
        ("The treasurer has many duties.", False),
        ("Following the vote she left. It rained.", False),
    ],
)
def test_a_sentence_that_has_ended_may_lead_to_a_list(lead: str, is_lead: bool):
    (found,) = lists_of(f"{lead}\n\n- Accounts\n- Fees")
    assert found.lead == (lead if is_lead else "")


@pytest.mark.parametrize("indent", ["   ", "\t", "  "])
def test_an_indented_paragraph_is_of_the_item_above_it(indent: str):
    text = f"1. Accounts\n\n{indent}Every receipt is filed.\n\n2. Fees"
    assert [(one.start, one.end) for one in lists_of(text)] == [(0, len(text))]
    assert len([*lists_of(text.replace(indent, ""))]) == 2
