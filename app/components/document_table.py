"""All documents as a table that stays quick with ten thousand of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components.plain_text import parted, shortened
from indexes.catalogue import Catalogue
from rag.inert import visible
from rag.types import DocumentRecord

_LONGEST_NAME = 40
"""What its column shows: the table cuts a longer name at its end, where it says what kind of file this is."""
_LONGEST_FOLDER = 28
_LONGEST_COLLECTION = 14


def all_records(catalogue: Catalogue) -> list[DocumentRecord]:
    """Every document, newest first; read again only when something has changed."""
    return _records(catalogue, str(catalogue.home), catalogue.sequence())


def show(catalogue: Catalogue, records: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    """Draw the table; the documents that a person has marked."""
    sequence = catalogue.sequence()
    picked = st.dataframe(
        _columns(records, str(catalogue.home), sequence),
        hide_index=True,
        key=f"documents-{sequence}",  # marks point at rows, and rows move when documents come and go
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="",
        alt="The documents of the library",
        column_config={
            "File": st.column_config.TextColumn(width=290),
            "Collection": st.column_config.TextColumn(width=110),
            "Folder": st.column_config.TextColumn(width=205),
            "Title": st.column_config.TextColumn(width=150),
            "Pages": st.column_config.NumberColumn(width=60),
            "Passages": st.column_config.NumberColumn(width=78),
            "Files inside": st.column_config.NumberColumn(width=80),
            "Added": st.column_config.TextColumn(width=95),
            "Notes": st.column_config.TextColumn(width=400),
        },
    )
    return [records[row] for row in picked["selection"]["rows"] if row < len(records)]


@st.cache_resource(max_entries=2, show_spinner=False)
def _records(_catalogue: Catalogue, home: str, sequence: int) -> list[DocumentRecord]:  # noqa: ARG001 - the cache's key
    return _catalogue.documents()[::-1]


@st.cache_resource(max_entries=2, show_spinner=False)
def _columns(_records: Sequence[DocumentRecord], home: str, sequence: int) -> dict[str, list[Any]]:  # noqa: ARG001
    """Column name -> cells; a file that is nothing but what it holds has no passages of its own."""
    places = [parted(record.source) for record in _records]
    columns: dict[str, list[Any]] = {
        "File": [shortened(name, _LONGEST_NAME) for name, _ in places],
        "Collection": [shortened(record.collection, _LONGEST_COLLECTION) for record in _records],
        "Folder": [_end_of(_line(folder)) or None for _, folder in places],
        "Title": [_line(record.title) for record in _records],
        "Pages": [record.n_pages or None for record in _records],
        "Passages": [record.n_chunks or (None if record.n_members else 0) for record in _records],
        "Files inside": [record.n_members or None for record in _records],
        "Added": [record.added_at[:10] for record in _records],
        "Notes": [_line(" ".join(record.warnings)) or None for record in _records],
    }
    return {name: cells for name, cells in columns.items() if any(cells) or name == "Passages"}


def _end_of(folder: str) -> str:
    """The inner folders, which tell files apart; the view of a document shows all of them."""
    return folder if len(folder) <= _LONGEST_FOLDER else f"…{folder[1 - _LONGEST_FOLDER :]}"


def _line(text: str) -> str:
    return " ".join(visible(text).split())[:300]
