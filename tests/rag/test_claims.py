"""What of an answer is claimed, however it is set and however short it is, and what only says that nothing is there."""

from __future__ import annotations

import pytest

from rag.verification.claims import claimed
from tests.rag.hits import a_hit
from tests.rag.scripted import Says, drafted

HITS = [
    a_hit(1, "The bridge opened in 1931. Alice Brown leads the Rome office. The fee is due each month."),
    a_hit(2, "The office closes at 18:00."),
]


def states(text: str) -> list[str]:
    """Of an answer that is shown; none where it is withheld."""
    draft = drafted(Says(text), HITS)[1]
    return [one.check.state for one in draft.sentences if one.check]


@pytest.mark.parametrize(
    "text",
    [
        "**The bridge opened in 1950.** [1]",
        "**The bridge opened in 1950** [1].",
        "__The bridge opened in 1950 [1].__",
        "## The bridge opened in 1950 [1].",
        "**1950** [1]",
        "1950 [1].",
        "In 1950 [1].",
        "17:00 [2].",
    ],
)
def test_what_is_wrong_is_withheld_however_it_is_set_and_however_short_it_is(text: str):
    assert drafted(Says(text), HITS)[1].withheld


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("**The bridge opened in 1931.** [1]", ["supported"]),
        ("### Answer\n\n**1931** [1]", ["supported"]),
        ("1931 [1].", ["supported"]),
        ("Rome [1].", ["supported"]),
        ("Berlin [1].", ["partly"]),
        ("Monthly [1].", ["supported"]),
        ("Yes [1].", ["no claim"]),
        ("No [1].", ["no claim"]),
        ("monthly [1].", ["no claim"]),
        ("Berlin.", ["no claim"]),
        ("**Opening:** [1]\n\nThe bridge opened in 1931. [1]", ["supported"]),
        ("## Opening\n\n**When**\n\nThe bridge opened in 1931. [1]", ["supported"]),
    ],
)
def test_the_state_of_what_is_short_or_set_apart(text: str, found: list[str]):
    assert states(text) == found


def test_one_word_is_a_claim_only_with_a_source():
    assert (claimed("1950."), claimed("1950.", is_cited=True)) == ("", "1950.")


@pytest.mark.parametrize(
    "text", ["**The documents do not contain the answer.**", "# Answer\n\n**The documents do not contain the answer.**"]
)
def test_a_refusal_in_bold_letters_is_one(text: str):
    draft = drafted(Says(text), HITS)[1]
    assert draft.refused
    assert not draft.withheld


def test_beside_a_refusal_what_has_a_source_stands():
    draft = drafted(Says("The bridge opened in 1931. [1] The documents do not contain the answer."), HITS)[1]
    assert not draft.refused
