"""Where to search: all collections, or the ones chosen."""

from __future__ import annotations

import streamlit as st

from app.personal_catalogue import PersonalCatalogue
from rag.types import Scope


def show(catalogue: PersonalCatalogue, key: str = "scope") -> Scope:
    """A choice where there is one to make: with two collections or more."""
    names = [name for name, n_documents in catalogue.collections().items() if n_documents]
    if len(names) < 2:
        return Scope()
    name, hint = "Collections to search in", "Search in all collections"
    chosen = st.multiselect(name, names, key=key, placeholder=hint, label_visibility="collapsed")
    return Scope(collections=tuple(chosen))
