"""Which row of a table a question is about, and which cell answers, with the real reader and the weights that ship."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexes.late_weights import late_reader
from rag.asked_rows import asked_rows, of_others
from rag.rows import captions, cells_of, rows_of
from rag.types import Hit, Reading
from tests.rag.hits import a_hit

BOATS = """Number of fishing boats per year

| Year | Fishing boats |
| --- | --- |
| 2018 | 41 |
| 2019 | 38 |
| 2020 | 35 |
| 2021 | 44 |
| 2022 | 52 |"""
CUPS = """League Cups

| Team | Location | League Cups |
| --- | --- | --- |
| Rovers | STL | 1 |
| Harriers | PHI | 2 |
| Wanderers | TOR | 13 |"""
RAIN = """| Station | Rainfall in mm | Days of frost |
| --- | --- | --- |
| Keswick | 1480 | 55 |
| Margate | 560 | 31 |
| Buxton | 1260 | 70 |"""
FARES = """| Route | Single fare | Boats per day | Harbour master |
| --- | --- | --- | --- |
| Oban - Mull | £4.20 | 8 | Ada Moor |
| Mallaig - Skye | £9.00 | 9 | Tom Hill |
| Ullapool - Lewis | £9.50 | 2 | Eve Fox |"""
STAFF = """| Name | Department | Office | Salary |
| --- | --- | --- | --- |
| Ada Brown | Sales | Leeds | 41000 |
| Ben Carter | Research | York | 52000 |
| Cara Diaz | Sales | Hull | 39500 |
| Dan Evans | Legal | Leeds | 61000 |"""


def read(question: str, text: str) -> tuple[list[str], str, Reading]:
    """The quoted lines, the marked words, and all."""
    reading = late_reader().read(question, [a_hit(1, text)])
    mark = reading.spans[0].mark
    return [text[one.start : one.end] for one in reading.spans], "" if mark is None else text[slice(*mark)], reading


@pytest.mark.parametrize(
    ("question", "text", "row", "marked"),
    [
        ("How many fishing boats in 2022?", BOATS, "| 2022 | 52 |", "52"),
        ("How many fishing boats were there in 2019?", BOATS, "| 2019 | 38 |", "38"),
        ("How many League Cups do the Harriers have?", CUPS, "| Harriers | PHI | 2 |", "2"),
        ("Who has 13 League Cups?", CUPS, "| Wanderers | TOR | 13 |", "Wanderers"),
        ("Where are the Rovers from?", CUPS, "| Rovers | STL | 1 |", "STL"),
        ("How many days of frost does Keswick have?", RAIN, "| Keswick | 1480 | 55 |", "55"),
        ("How much rainfall has Margate?", RAIN, "| Margate | 560 | 31 |", "560"),
        ("Which route has 9 boats per day?", FARES, "| Mallaig - Skye | £9.00 | 9 | Tom Hill |", "Mallaig - Skye"),
        ("Who sees to the route to Lewis?", FARES, "| Ullapool - Lewis | £9.50 | 2 | Eve Fox |", "Eve Fox"),
        ("Which department is Cara Diaz in?", STAFF, "| Cara Diaz | Sales | Hull | 39500 |", "Sales"),
        ("Who works in the Legal department?", STAFF, "| Dan Evans | Legal | Leeds | 61000 |", "Dan Evans"),
    ],
)
def test_the_row_that_is_asked_about_is_quoted_alone_and_the_cell_below_the_head_that_is_asked_for_marked(
    question: str, text: str, row: str, marked: str
):
    quoted, mark, _ = read(question, text)
    assert quoted == [row]
    assert mark == marked


def test_a_row_that_is_told_by_every_word_of_the_question_is_likely_its_answer():
    assert read("How many fishing boats were there in 2019?", BOATS)[2].answerability >= 0.5
    assert read("What is the location of the Rovers?", CUPS)[2].answerability >= 0.5
    assert read("How many fishing boats were there in 2015?", BOATS)[2].answerability < 0.2
    assert read("What is the salary of Eve Fox?", STAFF)[2].answerability < 0.2


def test_a_caption_is_no_answer_and_rows_that_are_alike_stay():
    quoted, mark, _ = read("How many fishing boats per year?", BOATS)
    assert all(line.startswith("|") for line in quoted)
    assert len(quoted) == 3
    assert "|" not in mark
    assert {*read("Who works in Leeds?", STAFF)[0]} == {STAFF.split("\n")[2], STAFF.split("\n")[5]}
    assert captions("The boats are counted.\n\n| Year | Boats |\n| --- | --- |\n| 2018 | 41 |") == []


def test_the_rows_of_one_table_are_held_beside_each_other_over_passages():
    head, *rows = "| Year | Boats |\n| --- | --- |", "| 2018 | 41 |", "| 2019 | 38 |"
    first, second = a_hit(1, f"{head}\n{rows[0]}", document=1), a_hit(2, rows[1], document=1)
    hits: list[Hit] = [first, replace(second, chunk=replace(second.chunk, context=head))]
    places = [
        (n, (row.start, row.end)) for n, hit in enumerate(hits) for row in rows_of(hit.chunk.text, hit.chunk.context)
    ]
    alike = np.zeros(2, dtype=np.float32)
    assert of_others(alike, asked_rows("How many boats in 2019?", hits, places)) == [True, False]
    assert of_others(alike, asked_rows("How many boats in 2018 and 2019?", hits, places)) == [False, False]
    assert asked_rows("How many boats?", [a_hit(3, "Boats are counted.")], [(0, (0, 18))]) == [None]


PUMP = "| Property | Value |\n| --- | --- |\n| Washing machine | WM-200 |\n| Weight | 70 kg |\n| Guarantee | 2 years |"
FARE = "| Who | Fare | Phone |\n| --- | --- | --- |\n| Child | 5 | 11 |\n| Child's bike | 3 | 12 |\n| Smith | 7 |  |"


def held(question: str, text: str, *scores: float) -> tuple[list[bool], list[bool]]:
    """Of each row with its score: whether it is about another, and whether it is told by every word."""
    places = [(0, (row.start, row.end)) for row in rows_of(text)]
    rows = asked_rows(question, [a_hit(1, text)], places)
    return of_others(np.array(scores or [0.0] * len(rows), dtype=np.float32), rows), [
        row is not None and row.is_told for row in rows
    ]


def test_a_property_with_nothing_of_the_question_may_answer_in_other_words():
    assert held("How heavy is the washing machine?", PUMP, 1, 2, 0)[0] == [False, False, True]
    assert held("How heavy is the washing machine?", PUMP, 2, 1, 0)[0] == [False, True, True]
    assert held("What weight has the washing machine?", PUMP, 1, 2, 0)[0] == [False, False, True]


def test_a_possessive_is_no_word_of_its_own():
    assert held("What is the child's fare?", FARE)[0] == [False, False, True]


def test_a_cell_that_says_nothing_tells_nothing():
    assert held("What is the phone of Smith?", FARE) == ([True, True, False], [False, False, False])
    assert held("What is the fare of Smith?", FARE)[1] == [False, False, True]


def test_a_caption_that_has_more_than_its_number_may_answer():
    table = "\n\n| Item | Price |\n| --- | --- |\n| Tea | 2 |"
    assert captions(f"Prices in EUR, valid until 31 December 2025{table}") == []
    for caption in ("Table 3: prices of drinks", "2.1 Prices", "Fig. 4 Prices", "Prices"):
        assert captions(f"{caption}{table}") == [(0, len(caption))]


def test_cells_and_what_stands_above_them():
    line = r"| a \| b |  | c |"
    assert [line[slice(*span)] for span in cells_of(line)] == [r"a \| b", "", "c"]
    [row, *_] = rows_of(BOATS)
    assert (row.heads, row.caption) == (("Year", "Fishing boats"), "Number of fishing boats per year")
