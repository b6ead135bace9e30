"""Numbers in one form, however they are written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.verification.quantities import quantities


def keys(text: str) -> list[str]:
    return [fact.key for fact in quantities(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,200 and 1200 and 1 200", ["1200", "1200", "1200"]),
        ("1.2 million, 1,200 thousand", ["1200000", "1200000"]),
        ("$1.2m and 41 m", ["1200000", "41", "currency dollar"]),
        ("-5 °C, 5-10 and | 2,500 | 900 |", ["-5", "5", "10", "2500", "900"]),
        ("1.250,50 Euro", ["1250.5", "currency euro"]),
        ("forty-two, two hundred and five, twelve", ["42", "205", "12"]),
        ("3rd and 3 and third", ["3", "3", "3"]),
        ("2024-03-05", ["2024", "month 3", "5"]),
        ("5 March 2024 and Mar. 5", ["5", "2024", "5", "month 3", "month 3"]),
        ("version 1.2.3", ["1.2.3"]),
        ("the first of one kind", []),
        ("R4IK6 and H2O", []),
        ("12%", ["12"]),
        ("45.50 and 45.5", ["45.5", "45.5"]),
    ],
)
def test_ways_of_writing_a_number(text: str, found: list[str]):
    assert keys(text) == found


def test_a_fact_knows_where_it_stands():
    text = "They sold 1,200 of them in June."
    assert [text[fact.start : fact.end] for fact in quantities(text)] == ["1,200", "June"]


@given(st.integers(min_value=0, max_value=10**15))
def test_groups_of_three_change_nothing(number: int):
    assert keys(f"it has {number} parts") == keys(f"it has {number:,} parts") == [str(number)]


@given(st.text(max_size=200))
def test_no_text_is_trouble(text: str):
    for fact in quantities(text):
        assert 0 <= fact.start < fact.end <= len(text)


@pytest.mark.parametrize(
    "text", ["123," * 25_000 + "1234", "1," * 50_000 + "x", "12:30 " * 16_000, "1/1/2023 " * 11_000]
)
def test_long_runs_of_digits_take_no_time(text: str):
    begin = time.process_time()
    assert keys(text) is not None
    assert time.process_time() - begin < 3
