"""The documents as a table, a page at a time, so that it stays quick with ten thousand of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components import document_columns, document_filter
from app.personal_catalogue import PersonalCatalogue
from app.words import numeral, tr, trn
from indexes.document_list import DocumentFilter, Order
from rag.types import DocumentRecord

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


@dataclass(frozen=True, slots=True)
class Marked:
    """The documents that are marked, on whatever page of the table."""

    documents: list[int]
    """Their ids, in their order."""
    hidden: frozenset[int]
    """Those of them that the filters leave out."""
    place: DeltaGenerator
    """Beside their number, above the table: where is drawn what can be done with them."""


def show(catalogue: PersonalCatalogue, *, is_moving: bool) -> Marked:
    """Draw the filters and the table, which follows by itself what comes in."""
    marked = catalogue.listed.there(_marked())
    st.session_state["marked"] = marked
    with st.container(key="documents-list", gap="small"):
        has_any = catalogue.listed.count(DocumentFilter()) > 0
        wanted, order = document_filter.show(catalogue) if has_any else (DocumentFilter(), "newest")
        every = _FOLLOWS_S if is_moving else None
        hidden = _left_out(catalogue, wanted, marked)
        with st.container(key="documents-marks", horizontal=True, vertical_alignment="center", gap="small"):
            st.fragment(_counts, run_every=every)(catalogue, wanted, marked, hidden)
            place = st.container(key="document-actions", horizontal=True, width="content", gap="xsmall")
        st.fragment(_table, run_every=every)(catalogue, wanted, order, marked, is_moving=is_moving)
    return Marked(sorted(marked), hidden, place)


def _marked() -> frozenset[int]:
    """The ids of the marked documents: their rows move when documents come and go."""
    marked: frozenset[int] = st.session_state.get("marked", frozenset())
    return marked


def _left_out(catalogue: PersonalCatalogue, wanted: DocumentFilter, marked: frozenset[int]) -> frozenset[int]:
    """Those of the marked ones that stand on no page of the table."""
    return marked.difference(catalogue.listed.ids(wanted)) if marked and not wanted.is_empty else frozenset()


def _counts(
    catalogue: PersonalCatalogue, wanted: DocumentFilter, marked: frozenset[int], hidden: frozenset[int]
) -> None:
    """How many there are, and marks for all of them, those on other pages, too. `marked` and `hidden` are those for
    which the rest of the page was drawn; with others all of it runs again."""
    if marked != _marked():
        st.rerun()
    n = catalogue.listed.count(wanted)
    n_all = n if wanted.is_empty else catalogue.listed.count(DocumentFilter())
    if not n_all:
        return
    told = _found(n, n_all)
    with st.container(
        key="documents-counts", horizontal=True, width="content", vertical_alignment="center", gap="xsmall"
    ):
        also = trn(len(marked), ", {n} marked", ", {n} marked") if marked else ""
        if hidden:
            also += trn(len(hidden), ", {n} of them not shown", ", {n} of them not shown")
        st.markdown(f":gray[{told}{also}]", width="content")
        if not wanted.is_empty and st.button(tr("Show all"), key="show-all", type="tertiary"):
            document_filter.clear()
            st.rerun()
        if n > len(marked) - len(hidden):
            name = tr("Mark all") if n == n_all else tr("Mark all found")
            st.button(name, key="mark-all", type="tertiary", on_click=_mark_found, args=(catalogue, wanted))
        if marked:
            st.button(tr("Clear marks"), key="mark-none", type="tertiary", on_click=_mark_only, args=((),))
        if hidden:
            name, rest = tr("Keep only marks shown"), marked - hidden
            st.button(name, key="mark-shown", type="tertiary", on_click=_mark_only, args=(rest,))


def _found(n: int, n_all: int) -> str:
    if n == n_all:
        return trn(n_all, "{n} document", "{n} documents")
    return trn(n_all, "{found} of {n} document", "{found} of {n} documents", found=numeral(n))


def _mark_found(catalogue: PersonalCatalogue, wanted: DocumentFilter) -> None:
    _mark_only(_marked().union(catalogue.listed.ids(wanted)))


def mark_alone(document: int) -> None:
    """Mark this document and no other; a callback."""
    _mark_only([document])


def _mark_only(documents: Iterable[int]) -> None:
    """A table that was drawn with other marks would bring those back: the next one is another one."""
    st.session_state["marked"] = frozenset(documents)
    st.session_state[_DRAWN] = (st.session_state.get(_DRAWN, (0,))[0], None, [])


def _table(
    catalogue: PersonalCatalogue,
    wanted: DocumentFilter,
    order: Order,
    drawn: frozenset[int],
    *,
    is_moving: bool,
) -> None:
    """`drawn` are the marks for which the rest of the page was drawn; with others all of it runs again."""
    if drawn != _marked():
        st.rerun()
    n = catalogue.listed.count(wanted)
    if not n:
        if not wanted.is_empty:
            st.info(tr("No document fits. Fewer words, or another collection, kind or state, may find it."))
        return
    n_pages = -(-n // _AT_ONCE)
    view, page_key = _view(wanted, order, n_pages)
    key, records = _key_and_rows(catalogue, view, drawn, is_moving=is_moving)
    ids = [record.id for record in records]
    st.dataframe(
        document_columns.table(records),
        key=key,
        on_select=partial(_mark, key, ids),  # with the rows that a person has seen
        selection_default=_selection(ids, drawn),
        hide_index=True,
        selection_mode="multi-row",
        placeholder="",
        alt=tr("The documents of the library"),
        column_config=document_columns.look(records),
    )
    if n_pages > 1:
        st.pagination(n_pages, key=page_key)
    if not drawn:
        st.caption(tr("Mark a document to see its pages, its text and where it is cut into passages."))


def _view(wanted: DocumentFilter, order: Order, n_pages: int) -> tuple[_View, str]:
    """What is looked at, and the key of the choice of a page: another filter or order begins with the first one."""
    number, seen = st.session_state.get(_PAGED, (0, None))
    if seen != (wanted, order):
        number += 1
    st.session_state[_PAGED] = (number, (wanted, order))
    key = f"documents-page-{number}"
    return _View(wanted, order, min(st.session_state.get(key) or 1, n_pages)), key


def _key_and_rows(
    catalogue: PersonalCatalogue, view: _View, marked: frozenset[int], *, is_moving: bool
) -> tuple[str, list[DocumentRecord]]:
    """The table's key, and its rows: those of the page in the order wanted.

    As long as no row goes the key stays the same, and with it the order that a person has chosen by a column's head.
    When one goes the table is another one, so that no mark can slip to another document. For the same reason a table
    with marks keeps its rows where they are, and those that have come in since below them: a browser tells of marks by
    the rows that it shows, which may be those of a moment ago. Rows that newer documents push off a full page with
    marks stay there until the last file is through.
    """
    number, seen, before = st.session_state.get(_DRAWN, (0, None, []))
    fresh = catalogue.listed.page(view.wanted, view.order, (view.page - 1) * _AT_ONCE, _AT_ONCE)
    ids, known = [record.id for record in fresh], set(before)
    is_same = bool(before) and seen == view and f"documents-{number}" in st.session_state
    is_whole = is_same and (known.issubset(ids) or known == catalogue.listed.there(before))
    is_held = not known.isdisjoint(marked)
    if is_whole and is_held and known.issubset(ids):
        ids = [*before, *(i for i in reversed(ids) if i not in known)]
        if ids != before:  # a browser that has sorted them itself would go on to mark the places where they stood
            st.session_state[f"documents-{number}"] = _selection(ids, marked)
    elif is_whole and is_held and is_moving:
        ids = before
    elif is_held or not is_whole:
        number += 1
    st.session_state[_DRAWN] = (number, view, ids)
    return f"documents-{number}", catalogue.listed.records(ids)


def _selection(ids: Sequence[int], marked: frozenset[int]) -> Any:  # noqa: ANN401 - as Streamlit takes it
    return {"selection": {"rows": [row for row, number in enumerate(ids) if number in marked]}}


def _mark(key: str, ids: Sequence[int]) -> None:
    """What is marked in these rows; marks in others stay. Rows that no page would send are none."""
    rows = st.session_state[key]["selection"]["rows"]
    there = (ids[row] for row in rows if isinstance(row, int) and 0 <= row < len(ids))
    st.session_state["marked"] = _marked().difference(ids).union(there)
