"""Numbers that stand in no source, but follow from those that do; and those that do not follow."""

import pytest

from rag.verification.comparing import compared

CLUB = (
    "In May the club took in 48,200 euros and spent 39,700 euros. The club grew from 310 to 372 members. "
    "The monthly fee of the club is 25 euros. Its founder was born in 1856 and died in 1931. "
    "Of the 624 boats of the club 156 boats are for hire. The slip of the club is 3 km long.\n\n"
    "| Item | Planned (euros) | Spent (euros) |\n|---|---|---|\n| Paint | 400 | 450 |\n| Ropes | 1,200 | 1,100 |"
)


@pytest.mark.parametrize(
    ("claim", "wrong", "how"),
    [
        ("In May the club took in 48,200 euros and spent 39,700, a surplus of {} euros.", "8,600", "48,200 − 39,700"),
        ("The club grew by {} members, from 310 to 372 members.", "63", "372 − 310"),
        ("The annual fee of the club is {} euros.", "310", "12 × 25"),
        ("Its founder, born in 1856, died {} years later.", "65", "1931 − 1856"),
        ("Of the boats of the club {} % are for hire.", "35", "156 / 624"),
        ("Altogether {} euros were planned.", "1,700", "400 + 1,200"),
    ],
)
def test_one_step_that_the_claim_speaks_of_is_calculated(claim: str, wrong: str, how: str):
    right = {"8,600": "8,500", "63": "62", "310": "300", "65": "75", "35": "25", "1,700": "1,600"}[wrong]
    found = compared(claim.format(right), [CLUB])
    assert (found.findings, [one.how for one in found.derived]) == ((), [how])
    assert wrong in [one.said for one in compared(claim.format(wrong), [CLUB]).findings]


def test_without_a_word_for_the_step_nothing_is_calculated():
    assert compared("The club spent 8,500 euros in May.", [CLUB]).derived == ()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("about 5,000", "about 6,000"),
        ("more than 4,900", "more than 5,000"),
        ("fewer than 5,000", "fewer than 4,900"),
        ("nearly 5,000", "nearly 4,000"),
    ],
)
def test_a_rounded_number_is_held_against_the_one_that_it_rounds(right: str, wrong: str):
    source = "The archive holds 4,973 maps of the coast."
    assert compared(f"The archive holds {right} maps of the coast.", [source]).findings == ()
    assert compared(f"The archive holds {wrong} maps of the coast.", [source]).findings != ()


def test_what_is_said_about_a_number_that_is_round_itself_has_to_be_the_same():
    source = "The archive holds about 500 maps of the coast."
    assert compared("The archive holds about 400 maps of the coast.", [source]).findings != ()
    assert compared("The archive holds about 490 maps of the coast.", [source]).findings != ()


@pytest.mark.parametrize(("right", "wrong"), [("3,000 metres", "300 metres"), ("3 km", "3 miles")])
def test_units_are_converted(right: str, wrong: str):
    assert compared(f"The slip of the club is {right} long.", [CLUB]).findings == ()
    assert compared(f"The slip of the club is {wrong} long.", [CLUB]).findings != ()
