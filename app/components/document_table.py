"""The documents as a table, a page at a time, so that it stays quick with ten thousand of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from app.components import document_filter
from app.components.plain_text import parted, shortened
from app.personal_catalogue import PersonalCatalogue
from indexes.document_list import DocumentFilter, Order
from rag.inert import flat
from rag.types import DocumentRecord, counted

_LONGEST_NAME = 40
"""What its column shows: the table cuts a longer name at its end, where it says what kind of file this is."""
_LONGEST_FOLDER = 28
_LONGEST_COLLECTION = 14
_FOLLOWS_S = 1.0
"""So often does the table follow what comes in."""
_AT_ONCE = 50

_DRAWN, _PAGED = "documents-drawn", "documents-paged"


@dataclass(frozen=True, slots=True)
class _View:
    """Which rows are looked at: what fits, in which order, and which page of it, counted from 1."""

    wanted: DocumentFilter
    order: Order
    page: int


def show(catalogue: PersonalCatalogue, *, is_moving: bool) -> list[int]:
    """Draw the filters and the table, which follows by itself what comes in; the ids of the marked documents, on
    whatever page, in their order."""
    marked = catalogue.listed.there(_marked())
    st.session_state["marked"] = marked
    with st.container(key="documents-list", gap="small"):
        has_any = catalogue.listed.count(DocumentFilter()) > 0
        wanted, order = document_filter.show(catalogue) if has_any else (DocumentFilter(), "newest")
        table = st.fragment(_table, run_every=_FOLLOWS_S if is_moving else None)
        table(catalogue, wanted, order, marked, is_moving=is_moving)
    return sorted(marked)


def _marked() -> frozenset[int]:
    """The ids of the marked documents: their rows move when documents come and go."""
    marked: frozenset[int] = st.session_state.get("marked", frozenset())
    return marked


def _counts(catalogue: PersonalCatalogue, wanted: DocumentFilter, n: int, marked: frozenset[int]) -> None:
    """How many there are, and marks for all of them, those on other pages, too."""
    n_all = n if wanted.is_empty else catalogue.listed.count(DocumentFilter())
    if not n_all:
        return
    told = f"{n:,} of {counted(n_all, 'document')}" if n < n_all else counted(n_all, "document")
    with st.container(key="documents-counts", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":gray[{told}, {len(marked):,} marked]" if marked else f":gray[{told}]", width="content")
        if not wanted.is_empty:
            st.button("Show all", key="show-all", type="tertiary", on_click=document_filter.clear)
        if n > len(marked):
            name = "Mark all" if n == n_all else "Mark all found"
            st.button(name, key="mark-all", type="tertiary", on_click=_set_marks, args=(catalogue, wanted))
        if marked:
            st.button("Clear marks", key="mark-none", type="tertiary", on_click=_set_marks, args=(catalogue, None))


def _set_marks(catalogue: PersonalCatalogue, wanted: DocumentFilter | None) -> None:
    _mark_only(() if wanted is None else _marked().union(catalogue.listed.ids(wanted)))


def mark_alone(document: int) -> None:
    """Mark this document and no other; a callback."""
    _mark_only([document])


def _mark_only(documents: Iterable[int]) -> None:
    """A table that was drawn with other marks would bring those back: the next one is another one."""
    st.session_state["marked"] = frozenset(documents)
    st.session_state[_DRAWN] = (st.session_state.get(_DRAWN, (0,))[0], None, [])


def _table(
    catalogue: PersonalCatalogue, wanted: DocumentFilter, order: Order, drawn: frozenset[int], *, is_moving: bool
) -> None:
    """`drawn` are the marks for which the rest of the page was drawn; with others all of it runs again."""
    if drawn != _marked():
        st.rerun()
    n = catalogue.listed.count(wanted)
    _counts(catalogue, wanted, n, drawn)
    if not n:
        if not wanted.is_empty:
            st.info("No document fits. Fewer words, or another collection, kind or state, may find it.")
        return
    n_pages = -(-n // _AT_ONCE)
    view, page_key = _view(wanted, order, n_pages)
    key, records = _key_and_rows(catalogue, view, is_moving=is_moving)
    ids = [record.id for record in records]
    st.dataframe(
        _columns(records),
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
            "Size": st.column_config.NumberColumn(width=80, format="bytes"),
            "Files inside": st.column_config.NumberColumn(width=80),
            "Added": st.column_config.TextColumn(width=95),
            "Notes": st.column_config.TextColumn(width=400),
        },
    )
    if n_pages > 1:
        st.pagination(n_pages, key=page_key)
    if len(drawn) != 1:
        st.caption("Mark a document to see its pages, its text and where it is cut into passages.")


def _view(wanted: DocumentFilter, order: Order, n_pages: int) -> tuple[_View, str]:
    """What is looked at, and the key of the choice of a page: another filter or order begins with the first one."""
    number, seen = st.session_state.get(_PAGED, (0, None))
    if seen != (wanted, order):
        number += 1
    st.session_state[_PAGED] = (number, (wanted, order))
    key = f"documents-page-{number}"
    return _View(wanted, order, min(st.session_state.get(key) or 1, n_pages)), key


def _key_and_rows(catalogue: PersonalCatalogue, view: _View, *, is_moving: bool) -> tuple[str, list[DocumentRecord]]:
    """The table's key, and its rows: those of the page, and below them what has come in since.

    As long as every row stays where it is the key stays the same, and with it the order that a person has chosen. When
    one goes, those below it move, and the table is another one, so that no mark can slip to another document. Rows that
    newer documents push off a full page stay there until the last file is through.
    """
    number, seen, before = st.session_state.get(_DRAWN, (0, None, []))
    fresh = catalogue.listed.page(view.wanted, view.order, (view.page - 1) * _AT_ONCE, _AT_ONCE)
    ids, known = [record.id for record in fresh], set(before)
    is_same = bool(before) and seen == view and f"documents-{number}" in st.session_state
    if is_same and known.issubset(ids):
        ids = [*before, *(i for i in reversed(ids) if i not in known)]
    elif is_same and is_moving and known == catalogue.listed.there(before):
        ids = before
    else:
        number += 1
    st.session_state[_DRAWN] = (number, view, ids)
    return f"documents-{number}", catalogue.listed.records(ids)


def _mark(key: str, ids: Sequence[int]) -> None:
    """What is marked in these rows; marks in others stay."""
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state["marked"] = _marked().difference(ids).union(ids[row] for row in rows)


def _columns(records: Sequence[DocumentRecord]) -> dict[str, list[Any]]:
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
