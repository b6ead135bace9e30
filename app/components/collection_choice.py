"""Which collection new documents go to: one that is there, or a new name."""

from __future__ import annotations

import streamlit as st

from indexes.catalogue import Catalogue
from ingest.cli import DEFAULT_COLLECTION
from ingest.pipeline import checked_collection


def show(catalogue: Catalogue) -> str:
    """The chosen collection; raises InputError for a name that cannot be one."""
    names = sorted({*catalogue.collections(), DEFAULT_COLLECTION})
    chosen = st.selectbox(
        "Add to collection",
        names,
        index=names.index(DEFAULT_COLLECTION),
        key="collection",
        accept_new_options=True,
        help="A named set of documents that can be searched on its own. Type a new name to make one.",
    )
    return checked_collection(chosen or DEFAULT_COLLECTION)
