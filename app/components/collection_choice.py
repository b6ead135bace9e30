"""Which collection new documents go to: one that is there, or a new name."""

from __future__ import annotations

import streamlit as st

from app.personal_catalogue import PersonalCatalogue
from app.words import tr
from ingest.pipeline import checked_collection


def show(catalogue: PersonalCatalogue) -> str:
    """The chosen collection; raises InputError for a name that cannot be one."""
    usual = catalogue.usual
    names = sorted({*catalogue.editable(), usual})
    told = tr("A named set of documents that can be searched on its own. Type a new name to make one.")
    if catalogue.is_shared:
        told = tr(
            "A named set of documents that can be searched on its own. Type a new name to make one, which you alone see"
            " until you share it."
        )
    chosen = st.selectbox(
        tr("Add to collection"),
        names,
        index=names.index(usual),
        key="collection",
        accept_new_options=True,
        help=told,
    )
    return checked_collection(chosen or usual)
