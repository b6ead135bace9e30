"""What two texts tell of whether they are versions of one."""

import pytest

from rag.versions.texts import are_alike, speak_of_others, tells_year

RULES = "\n".join(f"Rule {n} of the house says that floor {n} is cleaned on the day of the week {n}." for n in range(9))


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("Leave is 20 days.", "Leave is 25 days.", True),
        ("Ms Ida Brandt pays 700 euros.", "Mr Ruben Ahlers pays 900 euros.", False),
        ("Valid until 1 May 2024.", "Valid until 1 June 2024.", True),
        (
            "Meeting of 15 January 2024.\nThe cost is 20 euros.",
            "Meeting of 15 March 2024.\nThe cost is 9 euros.",
            False,
        ),
    ],
)
def test_texts_that_name_others_or_other_days_are_no_versions(one: str, other: str, are: bool):  # noqa: FBT001
    assert are_alike(f"{one}\n{RULES}", f"{other}\n{RULES}") is are


def test_short_texts_are_versions_where_they_are_named_alike_and_one_fact_differs():
    rules = RULES[:300]
    one, other = f"Leave is 20 days.\n{rules}", f"Leave is 25 days.\n{rules}"
    assert not are_alike(one, other)
    assert are_alike(one, other, are_named_alike=True)
    assert not are_alike(f"Bill 17.\n{one}", f"Bill 18.\n{other}", are_named_alike=True)


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        ("This invoice is for Acme Ltd. 310 euros are due.", "This invoice is for Zeta Ltd. 980 euros are due.", True),
        ("Requests go to Ada Moor by mail.", "Requests go to Ida Brandt by mail.", False),
        ("The rent is 310 euros a month.", "The rent is 980 euros a month.", False),
        ("The rent is 310 euros, the deposit 620.", "The rent is 980 euros, the deposit 1960.", False),
        (
            "Die Wohnung wird an Herrn Paul Ahlers vermietet. Die Miete ist 700 Euro.",
            "Die Wohnung wird an Frau Ida Brandt vermietet. Die Miete ist 900 Euro.",
            True,
        ),
    ],
)
def test_passages_that_name_others_and_say_something_else_of_them_speak_of_others(one: str, other: str, do: bool):  # noqa: FBT001
    assert speak_of_others(one, other) is do


@pytest.mark.parametrize(
    ("text", "other", "does"),
    [
        ("The revenue of Nordwind AG was 12 million euros in 2022.", "", True),
        ("# Staff handbook 2022\n\nEvery employee has 20 days of leave.", "", False),
        ("The works council agreed on lockers in 2022.", "The works council agreed on lockers in 2022.", False),
    ],
)
def test_a_passage_tells_its_year_in_a_sentence_of_its_own(text: str, other: str, does: bool):  # noqa: FBT001
    assert tells_year(text, 2022, other) is does
