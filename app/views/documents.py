"""The documents page: files in, what is there, and what each holds."""

from __future__ import annotations

import streamlit as st

from app.components import (
    adding,
    ask_about,
    collection_list,
    cut_deeds,
    document_actions,
    document_table,
    document_view,
    empty_state,
    job_rows,
    removed_list,
    untaken,
)
from app.components.resources import board, personal
from app.words import tr

library = personal().library
has_any = any(library.catalogue.collections().values())
with st.container(key="documents-head", horizontal=has_any, vertical_alignment="center"):
    st.title(tr("Documents"), anchor=False, width="content")
    if personal().edits and has_any:
        adding.show_briefly(library)
    elif personal().edits:
        adding.show(library)
untaken.show()
cut_deeds.show(library)
job_rows.show(beside_documents=has_any)
marked = document_table.show(library.catalogue, is_moving=board().is_busy)
with marked.place:
    ask_about.show(marked.documents)
document_actions.show(library, marked.documents if library.catalogue.editable() else [], marked.place, marked.hidden)
removed_list.show_bar(library)
if len(marked.documents) == 1:
    document_view.show(library.catalogue, library.catalogue.document(marked.documents[0]))
removed_list.show(library)
collection_list.show(library)
if not has_any and not board().is_busy:
    with st.container(key="no-documents"):
        told = tr("**No documents yet.** Editors add them.")
        if personal().edits:
            told = tr("**No documents yet.** Drop some above, or give the address of a web page.")
        st.markdown(told, text_alignment="center")
        if personal().edits:
            empty_state.show_samples(library.catalogue)
