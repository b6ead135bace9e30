"""Line breaks that are meant, and those of a wrapped paragraph."""

import pytest

from rag.line_breaks import lines_apart


def lines(text: str) -> list[str]:
    return [text[start:end] for start, end in lines_apart(text, 0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "Pets allowed: No\nSmoking allowed: No\nParking: Yes",
        "Deadline: 1 May\nFee: none",
        "Department: IT\nManager: Ada Moor\nCountry: US\nPhone: 0123",
        "Bedrooms: two\nBathrooms: one\nParking: on the street",
        "email: ada@moor.example\nphone: 0123\nopen on: Mondays",
    ],
)
def test_every_field_is_a_line(text: str):
    assert lines(text) == text.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "The keeper of the light went down to the harbour, where the\nboats lay: three of them were gone",
        "Note: the keeper of the light went down to the harbour and the\nboats lay there",
        "Tools: hammer,\nsaw: the small one",
    ],
)
def test_a_wrapped_line_is_none(text: str):
    assert lines(text) == [text]
