"""Tables whose head stands on two rows."""

from __future__ import annotations

import pytest

from ingest.loaders.assembly import Assembly
from ingest.loaders.tables import add_grid, markdown_table

PLAN = ["Plan", "Actual", "Plan", "Actual"]
RENT = ["Rent", "100", "110", "120", "130"]
ONE = "| Item | 2022 Plan | 2022 Actual | 2023 Plan | 2023 Actual |"


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (["", "2022", "", "2023", ""], ["Item", *PLAN]),
        (["Item", "2022", "", "2023", ""], ["", *PLAN]),
        (["Item", "2022", "2022", "2023", "2023"], ["Item", *PLAN]),
    ],
)
def test_two_heads_are_one(upper: list[str], lower: list[str]):
    assert markdown_table([upper, lower, RENT]).splitlines()[0] == ONE
    assembly = Assembly()
    add_grid(assembly, [upper, lower, RENT])
    assert assembly.document("text/csv", "plan").text.splitlines()[0] == ONE


@pytest.mark.parametrize(
    "rows",
    [
        [["Name", "", "City", ""], ["Anna", "x", "Kiel", "y"], ["Tom", "z", "York", "w"]],
        [["Name", "Age", "City"], ["Anna", "", "Kiel"], ["Tom", "3", "York"]],
        [["Room", "Price", "Price"], ["Hall", "free", "free"], ["Bar", "10", "20"]],
        [["Item", "2022", ""], ["Rent", "100", "110"], ["Power", "10", "11"]],
        [["Item", "2022", ""], ["", "Plan", "Actual"]],
        [["Contact", "Contact"], ["Phone", "ask reception"], ["Room", "12"]],
        [["Name", "Hours", ""], ["Anna", "n/a", "on leave"], ["Tom", "38", ""]],
        [["Position", "Amount", "", "Comment"], ["Freight", "included", "EUR", ""], ["Desk", "200", "EUR", ""]],
        [["Invoice no.", "R-17", "", ""], ["Item", "Qty", "Price", "Total"], ["Desk", "2", "100", "200"]],
        [["Day", "Open", "Open"], ["Sunday", "closed", "by appointment"], ["Monday", "9.00", "17.00"]],
        [["Rent", "100", ""], ["Power", "open", "asked again"], ["Water", "50", ""]],
    ],
)
def test_rows_below_one_head_stay(rows: list[list[str]]):
    lines = markdown_table(rows).splitlines()
    assert [line.split("|")[1].strip() for line in lines[:1] + lines[2:]] == [row[0] for row in rows]


def test_rows_that_go_on_below_an_empty_one_keep_their_head():
    assembly = Assembly()
    head, more = ["Item", "Jan", "Feb", "Mar"], [["Power", "10", "", "12"], ["Water", "open", "late", "sent"]]
    add_grid(assembly, [head, ["Rent", "1", "2", "3"], [], *more, ["Gas", "5", "6", "7"]])
    last = assembly.document("text/csv", "plan").text.split("\n\n")[-1].splitlines()
    assert [line.split("|")[1].strip() for line in last] == ["Item", "---", "Power", "Water", "Gas"]
