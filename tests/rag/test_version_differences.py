"""What another version says in the place of a sentence."""

import pytest

from rag.versions.telling import difference

TEXT = "The office opens at 8. {} The canteen closes at noon."


@pytest.mark.parametrize(
    ("sentence", "other", "said"),
    [
        ("Leave is 25 days a year.", "Leave is 20 days a year.", "20 days instead of 25"),
        ("Requests go to Ada Moor by mail.", "Requests go to Ida Brandt by mail.", "Ida Brandt instead of Ada Moor"),
        ("Der Urlaub beträgt 30 Tage im Jahr.", "Der Urlaub beträgt 24 Tage im Jahr.", "24 Tage instead of 30"),
        ("Visitors are not allowed in the hall.", "Visitors are allowed in the hall.", "it without “not”"),
        (
            "Leave is 25 days a year for Bonn.",
            "Leave is 20 days a year for Kiel.",
            "“Leave is 20 days a year for Kiel.”",
        ),
    ],
)
def test_what_stands_in_the_place_is_told_briefly(sentence: str, other: str, said: str):
    assert str(difference(sentence, TEXT.format(other))) == said


@pytest.mark.parametrize(
    "other", ["Leave is 25 days a year.", "LEAVE is: 25 days a year.", "Trains are booked by mail."]
)
def test_nothing_is_told_where_the_same_or_nothing_of_the_kind_is_said(other: str):
    assert difference("Leave is 25 days a year.", TEXT.format(other)) is None
