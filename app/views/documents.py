"""The documents page: files in, what is there, and what each holds."""

from __future__ import annotations

import streamlit as st

from app.components import (
    ask_about,
    collection_choice,
    collection_list,
    document_actions,
    document_table,
    document_view,
    empty_state,
    folder_sync,
    job_rows,
    removed_list,
    upload_zone,
    web_page_box,
    weight_line,
)
from app.components.resources import board, personal
from app.words import tr

library = personal().library
with st.container(key="documents-head"):
    st.title(tr("Documents"), anchor=False)
    if personal().edits:
        collection = collection_choice.show(library.catalogue)
        upload_zone.show(collection, "upload")
        web_page_box.show(collection)
        folder_sync.show(library, collection)
job_rows.show()
marked = document_table.show(library.catalogue, is_moving=board().is_busy)
ask_about.show(marked)
document_actions.show(library, marked if library.catalogue.editable() else [])
removed_list.show_bar(library)
if len(marked) == 1:
    document_view.show(library.catalogue, library.catalogue.document(marked[0]))
removed_list.show(library)
collection_list.show(library)
weight_line.show(library)
if not any(library.catalogue.collections().values()) and not board().is_busy:
    with st.container(key="no-documents"):
        told = tr("**No documents yet.** Editors add them.")
        if personal().edits:
            told = tr("**No documents yet.** Drop some above, or give the address of a web page.")
        st.markdown(told, text_alignment="center")
        if personal().edits:
            empty_state.show_samples(library.catalogue)
