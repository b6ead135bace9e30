"""Tables write sizes, days and numbers as the rest of the page does, and are sorted by what these are."""

from __future__ import annotations

import pytest
from streamlit.dataframe_util import convert_anything_to_pandas_df

from app.components import document_columns
from app.components.columns import head, written
from app.words import numeral, speaking
from rag.types import DocumentRecord


@pytest.mark.parametrize(
    ("language", "size", "day"), [("en", "1.4 MB", "2026-11-29"), ("de", "1,4 MB", "29.11.2026")], ids=["en", "de"]
)
def test_the_documents_say_sizes_and_days_as_the_page_does(language: str, size: str, day: str) -> None:
    record = DocumentRecord(
        id=1,
        collection="default",
        source="lamp.md",
        title="Lamp",
        sha256="0",
        size=1_400_000,
        media_type="text/markdown",
        n_pages=0,
        n_chunks=2,
        warnings=(),
        metadata={},
        fingerprint="",
        added_at="2026-11-29T09:56:41",
    )
    with speaking(language):
        table = document_columns.table([record])
        shown = table.to_string()
    assert size in shown
    assert day in shown
    assert convert_anything_to_pandas_df(table)["Size"].tolist() == [1_400_000]


def test_a_table_lacks_nothing_by_being_written() -> None:
    table = written([{"Seconds": 1.25, "Model": "a"}, {"Model": "b"}], {"Seconds": lambda s: numeral(s, 1), "Day": str})
    assert "1.2" in table.to_string()
    assert "nan" not in table.to_string()
    assert written({"Pages": [1200, None]}, {}).to_string().split() == ["Pages", "0", "1,200", "1"]
    assert head("Cost")["alignment"] == "right"
    assert head("Model")["alignment"] is None
