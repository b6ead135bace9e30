"""Tells that a removal or a move was cut short, until that is dismissed or the rest was done."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.cut_short import CutShort
from app.personal_library import PersonalLibrary
from app.words import numeral, tr, trn


def show(library: PersonalLibrary) -> None:
    """A line for each of them."""
    for one, n_done in library.cut_short():
        with st.container(key=f"cut-short-{one.mark}", gap="small"):
            st.warning(_told(one, numeral(n_done)), icon=":material/error:")
            key, args = f"cut-short-seen-{one.mark}", (one.mark,)
            st.button(tr("Dismiss"), key=key, type="tertiary", on_click=library.forget_cut, args=args)


def _told(one: CutShort, done: str) -> str:
    n = len(one.documents)
    if one.deed == "remove":
        return trn(
            n,
            "The removal of {n} document was cut short after {done}: the others are still there.",
            "The removal of {n} documents was cut short after {done}: the others are still there.",
            done=done,
        )
    return trn(
        n,
        "Moving {n} document to {collection} was cut short after {done}: the others are where they were.",
        "Moving {n} documents to {collection} was cut short after {done}: the others are where they were.",
        done=done,
        collection=label(one.collection),
    )
