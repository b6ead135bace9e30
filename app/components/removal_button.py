"""Removing the marked documents, after a question."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.plain_text import label
from indexes.library import Library
from ingest import removal
from rag.types import DocumentRecord

_MOST_NAMED = 5


def show(library: Library, marked: Sequence[DocumentRecord]) -> None:
    """A button where something is marked."""
    if not marked:
        return
    name = "Remove this document" if len(marked) == 1 else f"Remove {len(marked):,} documents"
    if st.button(name, icon=":material/delete:", key="remove"):
        _confirm(library, marked)


@st.dialog("Remove from the library?")
def _confirm(library: Library, marked: Sequence[DocumentRecord]) -> None:
    for record in marked[:_MOST_NAMED]:
        st.markdown(f"- {label(record.title or record.source, 120)}")
    if len(marked) > _MOST_NAMED:
        st.markdown(f"- and {len(marked) - _MOST_NAMED:,} more")
    st.caption("No question will find them any more. A file that was uploaded is deleted from this computer.")
    with st.container(horizontal=True):
        is_sure = st.button("Remove", type="primary", key="remove-confirmed")
        if st.button("Cancel", key="remove-cancelled"):
            st.rerun()
    if is_sure:
        removal.remove(library, [record.id for record in marked])
        st.rerun()
