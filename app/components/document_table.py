"""All documents as a table that stays quick with ten thousand of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
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
_FOLLOWS_S, _ROWS_A_SECOND = 1.0, 1000
"""So often does the table follow what comes in, and the less often the more rows are to be read and sent for it."""

_DRAWN = "documents-drawn"


def all_records(catalogue: Catalogue) -> list[DocumentRecord]:
    """Every document, newest first; read again only when something has changed."""
    return _records(catalogue, str(catalogue.home), catalogue.sequence())


def show(catalogue: Catalogue, *, is_moving: bool) -> list[DocumentRecord]:
    """Draw the table, which follows by itself what comes in; the documents that a person has marked."""
    records, marked = all_records(catalogue), _marked()
    every = _FOLLOWS_S + len(records) / _ROWS_A_SECOND if is_moving else None
    st.fragment(_table, run_every=every)(catalogue, marked)
    return [record for record in records if record.id in marked]


def _marked() -> frozenset[int]:
    """The ids of the marked documents: their rows move when documents come and go."""
    marked: frozenset[int] = st.session_state.get("marked", frozenset())
    return marked


def _table(catalogue: Catalogue, drawn: frozenset[int]) -> None:
    """`drawn` are the marks for which the rest of the page was drawn; with others all of it runs again."""
    if drawn != _marked():
        st.rerun()
    sequence = catalogue.sequence()
    records = _records(catalogue, str(catalogue.home), sequence)
    if not records:
        return
    newest_first = [record.id for record in records]
    key, ids = _key_and_order(newest_first)
    st.dataframe(
        _in_order(_columns(records, str(catalogue.home), sequence), newest_first, ids),
        key=key,
        on_select=partial(_mark, key, ids),  # with the rows that a person has seen
        selection_default={"selection": {"rows": [row for row, number in enumerate(ids) if number in drawn]}},
        hide_index=True,
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
    if len(drawn) != 1:
        st.caption("Mark a document to see its text and where it is cut into passages.")


def _key_and_order(newest_first: list[int]) -> tuple[str, list[int]]:
    """The table's key, and its ids from row to row: the newest first, and below them what has come in since.

    As long as every row stays where it is the key stays the same, and with it the order that a person has chosen. When
    one goes, those below it move, and the table is another one, so that no mark can slip to another document.
    """
    number, before = st.session_state.get(_DRAWN, (0, []))
    is_still_there = f"documents-{number}" in st.session_state and set(before).issubset(newest_first)
    known = set(before)
    ids = [*before, *(i for i in reversed(newest_first) if i not in known)] if is_still_there else newest_first
    st.session_state[_DRAWN] = (number, ids) if is_still_there else (number + 1, ids)
    return f"documents-{st.session_state[_DRAWN][0]}", ids


def _in_order(
    columns: Mapping[str, Sequence[Any]], newest_first: Sequence[int], ids: Sequence[int]
) -> Mapping[str, Sequence[Any]]:
    """The cells for these ids, from those of the newest first."""
    if ids == newest_first:
        return columns
    row_of = {number: row for row, number in enumerate(newest_first)}
    rows = [row_of[number] for number in ids]
    return {name: [cells[row] for row in rows] for name, cells in columns.items()}


def _mark(key: str, ids: Sequence[int]) -> None:
    st.session_state["marked"] = frozenset(ids[row] for row in st.session_state[key]["selection"]["rows"])


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
