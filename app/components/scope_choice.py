"""Where to search: all documents, those of chosen collections, or chosen ones; kept with the conversation."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app.components import document_choice
from app.personal_catalogue import PersonalCatalogue
from app.words import tr
from rag.types import Scope

_KEY = "scope"


def show(catalogue: PersonalCatalogue) -> Scope:
    """A choice of collections where there are two or more, and a way to single documents."""
    scope = Scope() if document_choice.chosen() else show_collections(catalogue, _KEY)
    document_choice.show_finder(catalogue)
    return replace(scope, documents=document_choice.chosen())


def show_collections(catalogue: PersonalCatalogue, key: str) -> Scope:
    """A choice of collections alone, where there are two or more."""
    names = [name for name, n_documents in catalogue.collections().items() if n_documents]
    if len(names) < 2:
        return Scope()
    kept = st.session_state.get(key, [])
    if any(name not in names for name in kept):  # renamed, removed, or not this person's any more
        st.session_state[key] = [name for name in kept if name in names]
    name, hint = tr("Collections to search in"), tr("All collections")
    chosen = st.multiselect(name, names, key=key, placeholder=hint, label_visibility="collapsed")
    return Scope(collections=tuple(chosen))


def current() -> Scope:
    """What is chosen, before the choice is drawn."""
    return Scope(tuple(st.session_state.get(_KEY, ())), document_choice.chosen())


def restore(scope: Scope) -> None:
    """Ask again where the last question of a conversation was asked; before anything is drawn."""
    st.session_state[_KEY] = list(scope.collections)
    document_choice.choose(scope.documents)


def widen() -> None:
    """Ask all documents."""
    restore(Scope())
