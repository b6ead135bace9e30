"""Where the address of a web page is typed: it is queued beside the dropped files, and fetched by a worker."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.components.resources import board
from app.words import tr
from rag.errors import InputError

_ADDED, _TAKEN, _BOX = "pages-added", "page-taken", "web-address"


def place() -> str:
    """The key of what holds the form: with the next one a popover is closed, as it shall be once a page was added."""
    return f"web-page-{st.session_state.get(_ADDED, 0)}"


def show(collection: str) -> None:
    """A small form; what is wrong with an address stands beneath it and queues nothing. One that was taken makes way
    for the next one."""
    if st.session_state.pop(_TAKEN, False):
        st.session_state[_BOX] = ""
    with st.form("web-page", clear_on_submit=False, border=False), st.container(horizontal=True):
        address = st.text_input(
            tr("Web page"), key=_BOX, placeholder="https://…", label_visibility="collapsed", max_chars=4000
        )
        wanted = st.form_submit_button(tr("Add web page"), icon=":material/link:")
    if not wanted:
        return
    try:
        board().add_page(address, collection)
    except InputError as error:
        st.error(label(str(error), 300), icon=":material/error:")
    else:
        st.session_state[_ADDED] = st.session_state.get(_ADDED, 0) + 1
        st.session_state[_TAKEN] = True
        st.rerun()
