"""Single documents to ask: found by name, told above the conversation, and taken out again one by one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.plain_text import label, names
from app.components.resources import personal
from app.personal_catalogue import PersonalCatalogue, PersonalList
from app.words import tr, trn
from indexes.document_list import DocumentFilter
from rag.types import DocumentRecord

MOST = 20
"""Documents that one conversation asks: whoever wants more chooses a collection."""
_KEY = "scope-documents"
_FOUND = 8


def chosen() -> tuple[int, ...]:
    """Their numbers; empty where all documents are asked."""
    kept: tuple[int, ...] = st.session_state.get(_KEY, ())
    return kept


def choose(documents: Sequence[int]) -> None:
    """Ask these alone, the first MOST of them; the same bytes under two names are one document."""
    st.session_state[_KEY] = tuple(dict.fromkeys(documents))[:MOST]


def settle(catalogue: PersonalCatalogue) -> None:
    """Of what was chosen leave out what is gone, or may not be seen any more, and say so."""
    there = catalogue.listed.there(chosen()) if chosen() else frozenset()
    gone = [number for number in chosen() if number not in there]
    if gone:
        choose([number for number in chosen() if number in there])
        told = trn(
            len(gone),
            "{n} document of this conversation is not here any more.",
            "{n} documents of this conversation are not here any more.",
        )
        rest = tr("The question is about the others.") if chosen() else tr("All documents are asked now.")
        st.toast(f"{told} {rest}")


def show_finder(catalogue: PersonalCatalogue) -> None:
    """A field to look for documents by name, where there are two or more."""
    if sum(catalogue.collections().values()) > 1:
        _finder()


@st.fragment
def _finder() -> None:
    """A fragment: what is typed draws what was found, and nothing else; and as long as it is closed nothing is looked
    for."""
    name, icon, tip = tr("Filter documents"), ":material/filter_alt:", tr("Ask single documents")
    opened = st.popover(name, icon=icon, type="tertiary", help=tip, key="scope-finder", on_change="rerun")
    if opened.open:
        with opened:
            _found(personal().catalogue.listed)


def _found(listed: PersonalList) -> None:
    """What fits the words, each a button that puts it in or takes it out."""
    name, hint = tr("Find documents by name or title"), tr("All documents")
    wanted = DocumentFilter(st.text_input(name, key="scope-words", placeholder=hint, live=True))
    found = listed.page(wanted, "name", 0, _FOUND)
    is_full = len(chosen()) >= MOST
    for record in found:
        is_in = record.id in chosen()
        icon, name = ":material/check:" if is_in else ":material/add:", label(names(record.source)[0], 60)
        is_off = is_full and not is_in
        if st.button(name, key=f"scope-add-{record.id}", icon=icon, type="tertiary", disabled=is_off):
            _toggle(record.id)
            st.rerun()
    n_more = listed.count(wanted) - len(found)
    if not found:
        st.caption(tr("No document is called so."))
    elif n_more:
        st.caption(trn(n_more, "{n} more: type a part of the name.", "{n} more: type a part of the name."))
    if is_full:
        st.caption(tr("That is the most: {n} documents. For more choose a collection.", n=MOST))


def _toggle(document: int) -> None:
    choose([one for one in chosen() if one != document] if document in chosen() else [*chosen(), document])


def show_chosen(catalogue: PersonalCatalogue) -> None:
    """Which documents are asked, each a button that takes it out, and the way back to all."""
    records: list[DocumentRecord] = catalogue.listed.records(chosen()) if chosen() else []
    if not records:
        return
    with st.container(key="scope-chosen", horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(tr("Asked about"), width="content")
        for record in records:
            name, key = label(names(record.source)[0], 40), f"scope-drop-{record.id}"
            tip = tr("Do not ask {source}", source=label(record.source, 200))
            st.button(name, key=key, icon=":material/close:", help=tip, on_click=_toggle, args=(record.id,))
        st.button(tr("Ask all documents"), key="scope-all", type="tertiary", on_click=choose, args=((),))
