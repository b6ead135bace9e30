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


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("No, pets are not allowed in the flat [1].", "pets are not allowed in the flat [1]."),
        ("Yes: the bridge opened in 1931.", "the bridge opened in 1931."),
        ("Nein – Haustiere sind nicht erlaubt.", "Haustiere sind nicht erlaubt."),
        ("No. 5 is the red one.", "No. 5 is the red one."),
        ("No bridge opened in 1931.", "No bridge opened in 1931."),
        ("The bridge opened in 1931 (1).", "The bridge opened in 1931."),
        ("The bridge has many lanes (12).", "The bridge has many lanes (12)."),
        ("The bridge (1) opened in 1931.", "The bridge (1) opened in 1931."),
    ],
)
def test_what_answers_the_question_or_tells_the_source_is_no_part_of_the_claim(text: str, claim: str):
    assert claimed(text) == claim


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("No, the fee is not due each day [1].", []),
        ("Yes, the bridge opened in 1931 [1].", ["supported"]),
        ("No, the bridge opened in 1931 [1].", ["supported"]),
        ("Yes, the bridge opened in 1950 [1].", []),
        ("The bridge opened in 1931 (1).", ["supported"]),
    ],
)
def test_a_yes_or_no_before_what_is_right_is_not_held_for_wrong(text: str, found: list[str]):
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


@pytest.mark.parametrize(
    "text",
    [
        "Die Dokumente enthalten die Antwort nicht.",
        "In den Dokumenten steht dazu nichts.",
        "Dazu steht in den Dokumenten nichts.",
        "Leider geben die Dokumente keine Auskunft.",
        "Die Dokumente geben keine Auskunft über die Kosten.",
        "In den Unterlagen finden sich keine Angaben zu den Kosten.",
        "Les documents ne contiennent pas la réponse.",
        "Les documents ne précisent pas le coût.",
        "Malheureusement, les documents n’indiquent rien sur le pont.",
        "Los documentos no contienen la respuesta.",
        "En los documentos no se menciona el puente.",
        "The documents do not contain the answer to when the bridge opened.",
        "Unfortunately, the passages don't mention the bridge.",
    ],
)
def test_an_answer_that_only_says_that_nothing_is_there_is_a_refusal(text: str):
    draft = drafted(Says(text), HITS)[1]
    assert draft.refused
    assert not draft.withheld
    assert not claimed(text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Die Brücke ist lang, aber die Dokumente nennen die Kosten nicht.", "Die Brücke ist lang"),
        ("Le pont est long, mais les documents ne disent pas son prix.", "Le pont est long"),
        ("The bridge is long, but the documents do not state its price.", "The bridge is long"),
    ],
)
def test_what_is_said_beside_it_is_a_claim(text: str, claim: str):
    assert claimed(text) == claim
    assert not drafted(Says(text), HITS, is_checked=False)[1].refused


@pytest.mark.parametrize(
    "text",
    [
        "Die Dokumente enthalten nicht nur Preise.",
        "Der Vertrag enthält keine Frist.",
        "Les documents contiennent trois prix.",
        "Los documentos contienen tres precios.",
        "The documents contain no price.",
        "Die Texte nennen zwei Preise.",
    ],
)
def test_what_the_documents_do_say_is_a_claim(text: str):
    assert claimed(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The documents do not say when, but it opened in 1931.",
        "The documents do not give a date; it opened in 1931.",
        "The documents do not mention a toll. The bridge is long.",
        "The documents do not mention a toll. [1]",
    ],
)
def test_more_than_that_is_no_refusal(text: str):
    assert not drafted(Says(text), HITS, is_checked=False)[1].refused


def test_a_place_of_a_list_is_no_marker():
    draft = drafted(Says("The bridge opened in 1931, as a[0] and a[7] say. [1]"), HITS, is_checked=False)[1]
    assert draft.text == "The bridge opened in 1931, as a[0] and a[7] say. [1]"
    assert [one.citations for one in draft.sentences] == [(1,)]
    assert drafted(Says(draft.text), HITS)[1].said == draft.text  # checked without an error
