"""Exact comparison: what of a claim its evidence does not bear out."""

import pytest

from rag.verification.comparing import findings

TEXT = (
    "Ada Moreno founded the Harbour Trust on 5 March 1987 with 1,200 members. It owns three cranes and a dry dock. "
    "Members pay 45.50 euros a year. The dock is not open on Sundays. In 2004 Karl Lindt became its second chair."
)


def said(claim: str, text: str = TEXT, known: str = "") -> list[tuple[str, str, str]]:
    return [(one.kind, one.said, one.instead) for one in findings(claim, [text], known)]


@pytest.mark.parametrize(
    "claim",
    [
        "Ada Moreno founded the Harbour Trust on 5 March 1987 with 1,200 members.",
        "The Harbour Trust was founded by Ada Moreno on March 5, 1987.",
        "It had 1200 members when it was founded on 1987-03-05.",
        "The trust owns 3 cranes.",
        "Members pay €45.50 each year.",
        "The dock isn't open on Sundays.",
        "In 2004, Lindt became the second chair.",
        "Karl Lindt became chair in 2004, and members pay 45.50 euros a year.",
    ],
)
def test_what_stands_there_is_found_however_it_is_written(claim: str):
    assert said(claim) == []


@pytest.mark.parametrize(
    ("claim", "finding"),
    [
        ("Ada Moreno founded the Harbour Trust with 1,300 members.", ("number", "1,300", "")),
        ("The trust owns four cranes and a dry dock.", ("number", "four", "three")),
        ("Members pay 54.50 euros a year.", ("number", "54.50", "45.50")),
        ("Ada Moreno founded the Harbour Trust on 5 May 1987.", ("number", "May", "March")),
        ("In 2005 Karl Lindt became its second chair.", ("number", "2005", "2004")),
        ("Karl Moreno founded the Harbour Trust on 5 March 1987.", ("name", "Karl", "Ada")),
        ("The dock is open on Sundays.", ("negation", "", "not")),
        ("Members do not pay 45.50 euros a year.", ("negation", "not", "")),
    ],
)
def test_one_thing_that_is_wrong_is_named_with_what_stands_there(claim: str, finding: tuple[str, str, str]):
    assert finding in said(claim)


def test_a_number_of_another_sentence_bears_nothing_out():
    text = (
        "The north pier is 40 metres long. "
        + "Nothing is known of the rest. " * 4
        + "The south pier is 75 metres long."
    )
    assert said("The north pier is 40 metres long.", text) == []
    assert said("The north pier is 75 metres long.", text) == [("number", "75", "40")]


def test_a_name_may_stand_above_the_passage_or_in_the_sentence_before():
    text = "Marie Curie came from Warsaw. She won two Nobel Prizes."
    assert said("Marie Curie won two Nobel Prizes.", text) == []
    assert said("Curie won two Nobel Prizes.", "She won two Nobel Prizes.", known="Marie Curie > Life") == []
    assert [one[:2] for one in said("Pierre Laval won two Nobel Prizes.", text)] != []


def test_a_letter_tells_things_of_a_kind_apart():
    text = "The farm has three tanks. Tank S was lined with steel in 2009, and the cow I mean drinks from it."
    assert said("Tank S was lined with steel in 2009.", text) == []
    assert said("Tank T was lined with steel in 2009.", text) == [("name", "T", "S")]
    assert said("It is lined with steel, and I am told that in 2009 the tank was lined.", text) == []


def test_a_unit_may_be_written_out():
    assert said("Keep the milk under 6 degrees Celsius.", "The milk must be kept under 6 °C.") == []
    assert said("Keep the milk under 6 degrees Fahrenheit.", "The milk must be kept under 6 °C.") != []


TABLE = "| Branch | 2018 | 2019 |\n|---|---|---|\n| Harbour | 310 | 280 |\n| Station | 150 | 210 |\n\nVisitors in all."


def test_what_stands_above_a_column_is_said_of_its_rows():
    assert said("In 2018 the station had 150 visitors.", TABLE) == []
    assert [one[1] for one in said("In 2017 the station had 150 visitors.", TABLE)] == ["2017"]


def test_german_nouns_are_no_names_but_numbers_are_compared():
    text = "Die Miete ist am dritten Werktag des Monats fällig und beträgt 900 Euro."
    assert said("Am dritten Werktag ist die Miete von 900 Euro zu zahlen, und das ist die Frist.", text) == []
    assert ("number", "950", "900") in said("Die Miete beträgt 950 Euro und ist fällig.", text)


def test_german_names_are_told_by_what_their_first_word_is_followed_by():
    text = "Das Bad wurde von Jonas Wirth entworfen. Die Familie Brandt führt das Café."
    assert said("Das Bad wurde von dem Architekten Jonas Wirth entworfen.", text) == []
    assert said("Das Bad wurde von Jonas Brandt entworfen.", text) == [("name", "Brandt", "wirth")]
    assert said("Das Bad wurde von Jonas Wirth entworfen.", "Das Bad wurde von Jonas M. Wirth entworfen.") == []


def test_evidence_without_words_and_long_ones_are_no_trouble():
    assert [one[1] for one in said("It opened in 1987.", "")] == ["1987"]
    assert said("", TEXT) == []
    long = "word " * 20_000 + "1987. " + "9" * 5_000
    assert said("It opened in 1987.", long) == []
