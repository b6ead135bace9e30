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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Company: Miller & Sons\nAddress: 12 High Street\nBristol\nBS1 4ST\nPhone: 0117 111",
            ["Company: Miller & Sons", "Address: 12 High Street\nBristol\nBS1 4ST", "Phone: 0117 111"],
        ),
        (
            "Lieferanschrift:\nAnna Berg\nHafenweg 3\n24103 Kiel\nTelefon: 0431",
            ["Lieferanschrift:\nAnna Berg\nHafenweg 3\n24103 Kiel", "Telefon: 0431"],
        ),
        ("Miller & Sons Ltd\n12 High Street\nBristol\nBS1 4ST\nUnited Kingdom", None),
        ("Anna Berg\nHafenweg 3\n24103 Kiel", None),
        ("Name:\nAnna Berg\nPhone:\n030 123", ["Name:\nAnna Berg", "Phone:\n030 123"]),
        (
            "Emergency contact: Peter Berg\nTel. private: 030 99\nE-mail (work): p@berg.example\nNo. of children: 2",
            [
                "Emergency contact: Peter Berg",
                "Tel. private: 030 99",
                "E-mail (work): p@berg.example",
                "No. of children: 2",
            ],
        ),
        ("Location: Room 5\nAgenda\nBudget", ["Location: Room 5\nAgenda", "Budget"]),
        ("Invoice 12345 Anna\nPaid 300\nOpen 200", ["Invoice 12345 Anna\nPaid 300", "Open 200"]),
        (
            "Anna Berg\nEngineer\nShe was born at the harbour of Kiel",
            ["Anna Berg", "Engineer", "She was born at the harbour of Kiel"],
        ),
    ],
)
def test_an_address_stands_on_several_lines(text: str, parts: list[str] | None):
    assert lines(text) == (parts or [text])
