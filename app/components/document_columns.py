"""The columns of the table of documents: what stands in them, and how wide and under which names they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components.columns import written
from app.components.plain_text import parted, shortened
from app.words import day, msgid, tr
from app.words.sizes import size
from rag.inert import flat
from rag.types import DocumentRecord

_LONGEST_NAME = 40
"""What its column shows: the table cuts a longer name at its end, where it says what kind of file this is."""
_LONGEST_FOLDER = 28
_LONGEST_COLLECTION = 14
_WIDTHS = {
    msgid("File"): 290,
    msgid("Collection"): 110,
    msgid("Folder"): 205,
    msgid("Title"): 150,
    msgid("Pages"): 60,
    msgid("Passages"): 78,
    msgid("Size"): 80,
    msgid("Files inside"): 80,
    msgid("Added"): 95,
    msgid("Notes"): 400,
}
_NUMBERS = ("Pages", "Passages", "Files inside", "Size")


def look() -> dict[str, Any]:
    """How the columns are drawn, for `st.dataframe`."""
    return {name: _drawn(name, width) for name, width in _WIDTHS.items()}


def _drawn(name: str, width: int) -> Any:  # noqa: ANN401 - Streamlit's own kind of column
    kind = st.column_config.NumberColumn if name in _NUMBERS else st.column_config.TextColumn
    return kind(tr(name), width=width)


def table(records: Sequence[DocumentRecord]) -> Any:  # noqa: ANN401 - as `written` gives it
    """The table as it is shown."""
    return written(_cells(records), {"Size": size, "Added": day})


def _cells(records: Sequence[DocumentRecord]) -> dict[str, list[Any]]:
    """Column name -> cells; a file that is nothing but what it holds has no passages of its own."""
    places = [parted(record.source) for record in records]
    columns: dict[str, list[Any]] = {
        "File": [shortened(name, _LONGEST_NAME) for name, _ in places],
        "Collection": [shortened(record.collection, _LONGEST_COLLECTION) for record in records],
        "Folder": [_end_of(_line(folder)) or None for _, folder in places],
        "Title": [_line(record.title) for record in records],
        "Pages": [record.n_pages or None for record in records],
        "Passages": [record.n_chunks or (None if record.n_members else 0) for record in records],
        "Files inside": [record.n_members or None for record in records],
        "Size": [record.size for record in records],
        "Added": [record.added_at[:10] for record in records],
        "Notes": [_line(" ".join(record.warnings)) or None for record in records],
    }
    return {name: cells for name, cells in columns.items() if any(cells) or name == "Passages"}


def _end_of(folder: str) -> str:
    """The inner folders, which tell files apart; the view of a document shows all of them."""
    return folder if len(folder) <= _LONGEST_FOLDER else f"…{folder[1 - _LONGEST_FOLDER :]}"


def _line(text: str) -> str:
    return flat(text)[:300]
