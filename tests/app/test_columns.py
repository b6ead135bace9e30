"""Tables write sizes, days and numbers as the rest of the page does, and are sorted by what these are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.dataframe_util import convert_anything_to_pandas_df, convert_arrow_bytes_to_pandas_df
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from app.components import document_columns
from app.components.columns import head, written
from app.words import numeral, speaking
from rag.types import DocumentRecord


@pytest.mark.parametrize(
    ("language", "size", "day"), [("en", "1.4 MB", "2026-11-29"), ("de", "1,4 MB", "29.11.2026")], ids=["en", "de"]
)
def test_the_documents_say_sizes_and_days_as_the_page_does(language: str, size: str, day: str) -> None:
    with speaking(language):
        table = document_columns.table([document("lamp.md")])
        shown = table.to_string()
    assert size in shown
    assert day in shown
    assert convert_anything_to_pandas_df(table)["Size"].tolist() == [1_400_000]


def document(source: str, n_pages: int = 0) -> DocumentRecord:
    return DocumentRecord(
        id=1,
        collection="default",
        source=source,
        title="Lamp",
        sha256="0",
        size=1_400_000,
        media_type="text/markdown",
        n_pages=n_pages,
        n_chunks=2,
        warnings=(),
        metadata={},
        fingerprint="",
        added_at="2026-11-29T09:56:41",
    )


@pytest.mark.parametrize(
    ("sources", "head", "cells"),
    [
        (("a.pdf", "b.md"), "Pages", ["3", ""]),
        (("a.xlsx", "b.ods", "c.md"), "Sheets", ["3", "3", ""]),
        (("a.pptx",), "Slides", ["3"]),
        (("a.pdf", "b.xlsx", "c.pptx", "d.md"), "Pages", ["3", "3 sheets", "3 slides", ""]),
        (("a.xlsx", "b.pptx"), "Pages", ["3 sheets", "3 slides"]),
    ],
    ids=["pages", "sheets", "slides", "all", "none of them pages"],
)
def test_pages_of_workbooks_are_sheets_and_those_of_presentations_slides(
    sources: tuple[str, ...], head: str, cells: list[str]
) -> None:
    records = [document(source, 0 if source.endswith(".md") else 3) for source in sources]
    shown = document_columns.table(records).to_string(delimiter="|").splitlines()
    column = shown[0].split("|").index("Pages")
    assert [line.split("|")[column].strip() for line in shown[1:]] == cells
    assert document_columns.look(records)["Pages"]["label"] == head


@pytest.mark.parametrize(
    "missing",
    [{"Notes"}, {"Folder"}, {"Added", "Files inside"}],
    ids=["without notes", "without folders", "with notes and folders, up to the size"],
)
def test_columns_fit_beside_each_other(missing: set[str]) -> None:
    looks = document_columns.look([document("lamp.md")])
    page, mark, scrollbar = 1120, 34, 16
    assert sum(look["width"] for name, look in looks.items() if name not in missing) <= page - mark - scrollbar


def test_columns_at_the_edge_are_those_that_matter_least() -> None:
    record = replace(document("lamps.zip!/a.pdf", 2), warnings=("Page 2 has no text.",), n_members=2)
    names = list(convert_anything_to_pandas_df(document_columns.table([record])).columns)
    assert names == list(document_columns.look([record])), "drawn in the order of the widths"
    assert names.index("Notes") < names.index("Size")
    assert names[-2:] == ["Added", "Files inside"]


def test_a_table_lacks_nothing_by_being_written() -> None:
    table = written([{"Seconds": 1.25, "Model": "a"}, {"Model": "b"}], {"Seconds": lambda s: numeral(s, 1), "Day": str})
    assert "1.2" in table.to_string()
    assert "nan" not in table.to_string()
    assert written({"Pages": [1200, None]}, {}).to_string().split() == ["Pages", "0", "1,200", "1"]
    assert head("Cost")["alignment"] == "right"
    assert head("Model")["alignment"] is None


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+49 30 1234", "-5 degrees", "@SUM(A1)", "'=x", "\tx"])
def test_a_text_that_a_spreadsheet_would_run_is_shown_as_it_is_and_saved_as_text(text: str) -> None:
    table = written([{"Comment": text, "n": -5}, {"Comment": None}, {"Comment": "1 = 1, 'tis - so"}], {})
    kept = convert_anything_to_pandas_df(table)
    assert kept["Comment"].tolist()[::2] == [f"'{text}", "1 = 1, 'tis - so"]
    assert kept["n"].tolist()[0] == -5
    shown = convert_arrow_bytes_to_pandas_df(drawn(table))["Comment"].tolist()
    assert shown == [text, "", "1 = 1, 'tis - so"]


@pytest.mark.parametrize("name", ["=run.pdf", "-lamp.md", "@home/lamp.md"])
def test_a_file_of_such_a_name_is_shown_under_it(name: str) -> None:
    table = document_columns.table([document(name), document("lamp.md", 3)])
    folder, _, file = name.rpartition("/")
    cells = convert_arrow_bytes_to_pandas_df(drawn(table))
    assert cells["File"].tolist() == [file, "lamp.md"]
    assert f"'{folder or file}" in convert_anything_to_pandas_df(table)["Folder" if folder else "File"].tolist()


def test_a_table_without_such_texts_is_written_as_always() -> None:
    rows = [{"Comment": "Good", "When": "-"}]
    assert convert_anything_to_pandas_df(written(rows, {"When": str})).to_dict("records") == rows


def drawn(table: Any) -> bytes:  # noqa: ANN401 - as `written` gives it
    """What stands in the cells, as the page gets it."""
    proto = ArrowData()
    marshall_styler(proto, table, "key")
    return proto.styler.display_values
