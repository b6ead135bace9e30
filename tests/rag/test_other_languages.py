"""Claims in another language than their source: numbers and dates are compared, words cannot be."""

import pytest

from rag.verification.contradicting import contradiction
from rag.verification.languages import language
from tests.rag.test_verifier import a_hit, verified

GERMAN = (
    "Die Bücherei der Stadt Lindau wurde am 3. März 1954 eröffnet und hat 340.000 Bücher. Der Ausweis kostet 18 Euro."
)


def state(claim: str, source: str) -> str:
    [sentence] = verified(f"{claim} [1]", (1,), [a_hit(1, source)]).sentences
    assert sentence.check
    return sentence.check.state


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("The library of the city of Lindau was opened on 3 March 1954 and has 340,000 books.", "partly"),
        ("The library of the city of Lindau was opened on 3 May 1954 and has 340,000 books.", "unsupported"),
        ("The library of the city of Lindau has 340 books, as is said.", "unsupported"),
        ("Whales are the largest of all mammals that live in the sea.", "unsupported"),
    ],
)
def test_an_english_claim_about_a_german_source(claim: str, found: str):
    assert state(claim, GERMAN) == found


def test_points_group_the_digits_of_german_numbers():
    assert state("Die Bücherei der Stadt Lindau hat 340000 Bücher.", GERMAN) != "unsupported"
    assert state("Die Bücherei der Stadt Lindau hat 340 Bücher.", GERMAN) == "unsupported"


@pytest.mark.parametrize(
    ("text", "found"),
    [("The boat is on the lake.", "en"), (GERMAN, "de"), ("El barco está en el lago.", "es"), ("42", "")],
)
def test_the_language_of_a_sentence(text: str, found: str):
    assert language(text) == found


@pytest.mark.parametrize(
    ("one", "other", "instead"),
    [
        ("The lamp turns once in four seconds.", "In fact, the lamp turns once in 5 seconds.", "5"),
        ("The deposit is £1,900.", "The deposit is £1,500.", "£1,500"),
        ("The fair was on 12 May.", "The fair was held on 12 June.", "June"),
    ],
)
def test_a_contradiction_may_be_said_in_somewhat_other_words(one: str, other: str, instead: str):
    found = contradiction(one, other)
    assert found
    assert found.instead == instead


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The club has 310 members.", "The club has about 300 members."),
        ("The fair was in May.", "The fair was in June."),
        ("The lamp turns once in four seconds.", "The red lamp turns once in 5 seconds."),
    ],
)
def test_what_agrees_or_speaks_of_another_case_is_none(one: str, other: str):
    assert contradiction(one, other) is None
