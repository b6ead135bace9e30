"""Codes in questions: which words are codes, and what answers a question that has one."""

import pytest

from indexes.late_weights import late_reader
from rag.codes import codes_of
from rag.keywords import is_looked_up
from rag.types import Hit, Reading
from tests.rag.hits import a_hit

TABLE = """| Part | Item | Price | Shelf |
|---|---|---|---|
| AX-4100 | pump | 266.25 euros | D29 |
| AX-4107 | hose | 812.36 euros | A32 |
| AX-4114 | gasket | 627.10 euros | F29 |
| AX-4121 | relay | 610.23 euros | C2 |"""
ORDERS = (
    "Order 2024-1187: 12 pumps, delivered on 3 May 2024 to Gdansk. Order 2024-1188: 7 pumps, delivered on 19 June 2024 "
    "to Malmo. Order 2024-1190: 30 valves, not delivered yet."
)


@pytest.mark.parametrize(
    ("question", "n"),
    [
        ("What is the price of AX-4100?", 1),
        ("When was order 2024-1187 delivered?", 1),
        ("Which order has invoice 55120?", 1),
        ("What do E7 and LA-2041-B mean?", 2),
        ("What stands at 10.20.4.99 in v1.2.3?", 2),
        ("How many people lived there in 1995, and between 2001-2010 or 1998-99?", 0),
        ("Is a 10-year-old with 5kg, the 19th of the 1990s, 3.14 or 1/2 on 2024-03-05 of 22,392 km2 for $5000?", 0),
        ("Who keeps the harbour?", 0),
        ("Can I check in at 2PM with 32GB and 16GB, at 50Hz, 230V, 5000mAh, 2.4GHz or 65W?", 0),
        ("What was the 5000 euro grant for, of 12000 people and 4500 kg?", 0),
        ("What is in order 5000 of euros?", 1),
        ("", 0),
    ],
)
def test_which_words_are_codes(question: str, n: int):
    assert len(codes_of(question).own) == n


def test_a_code_is_met_however_its_parts_are_joined():
    codes = codes_of("AX-4100")
    assert [codes.held(text) for text in ("ax4100", "AX 4100.", "(AX–4100)", "AX-41000", "BAX-4100", "AX-4101")] == [
        1, 1, 1, 0, 0, 0,
    ]  # fmt: skip
    assert codes.is_of_another("AX-4101")
    assert not any(map(codes.is_of_another, ("AX-4100 and AX-4101", "AX-41", "BY-4101", "")))


def read(question: str, text: str) -> tuple[Reading, list[str]]:
    hits = [Hit(a_hit(1, text).chunk, 1.0, "reranked")]
    reading = late_reader().read(question, hits)
    return reading, [text[span.start : span.end] for span in reading.spans]


@pytest.mark.parametrize("row", [line for line in TABLE.splitlines() if "AX" in line])
def test_the_row_with_the_code_is_quoted_and_no_row_with_another(row: str):
    code = row.split()[1]
    for question in (f"What is the price of {code}?", f"What is {code}?", code.replace("-", " ")):
        reading, quoted = read(question, TABLE)
        assert quoted == [row], question
        mark = reading.spans[0].mark
        assert mark is None or code not in TABLE[slice(*mark)]
    assert reading.answerability >= 0.5, "a code alone is looked up"


def test_numbers_are_marked_whole():
    reading, quoted = read("What is the price of AX-4107?", TABLE)
    assert reading.spans[0].mark is not None
    assert "812.36" in TABLE[slice(*reading.spans[0].mark)]


@pytest.mark.parametrize("order", ["2024-1187", "2024-1188", "2024-1190"])
def test_the_sentence_with_the_number_is_quoted(order: str):
    _, quoted = read(f"When was order {order} delivered?", ORDERS)
    assert len(quoted) == 1
    assert order in quoted[0]


@pytest.mark.parametrize(
    "question", ["What is the price of AX-4101?", "AX-4102", "When was order 2024-1189 delivered?"]
)
def test_a_code_that_is_nowhere_is_not_answered_with_the_next_one(question: str):
    reading, _ = read(question, ORDERS if "order" in question else TABLE)
    assert reading.answerability <= 0.1


@pytest.mark.parametrize(
    ("typed", "looked_up"),
    [
        ("deposit", True),
        ("the deposits", True),
        ("monthly rent", False),
        ("Deposit?", False),
        ("how much deposit", False),
        ("is the deposit held", False),
        ("the", False),
        ("", False),
        ("deposit account euros held amounts", False),
    ],
)
def test_words_to_be_looked_up(typed: str, looked_up: bool):
    assert is_looked_up(typed, "The deposit amounts to 2,900 euros and is held in an account.") == looked_up


def test_what_says_nothing_is_not_quoted_and_marks_lie_within_their_sentence():
    text = "The capital of Japan is the following city.\n\n\uf0b7\n\nTokyo\n\n\uf0b7\n\nLondon"
    reading, quoted = read("What is the capital of Japan?", text)
    assert not any("\uf0b7" in one for one in quoted)
    for span in reading.spans:
        assert span.mark is None or span.start <= span.mark[0] < span.mark[1] <= span.end
    assert late_reader().read("What is it?", [Hit(a_hit(1, "\uf0b7\n\n\uf0b7").chunk, 1.0, "reranked")]).spans == ()
