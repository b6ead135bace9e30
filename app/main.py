"""The page's entry: look, navigation, and the one place of the page where errors become sentences."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.components import drawer, kept_focus, page_words, reloading, top_of_page
from app.components.page_list import pages
from app.components.resources import door, person
from rag.errors import FootnoteError
from rag.inert import inert

_HERE = Path(__file__).parent

top_of_page.begin()
st.set_page_config(page_title="Footnote", page_icon=_HERE / "icon.png", layout="centered")
st.html(_HERE / "style.css")
page_words.show()
drawer.show()
kept_focus.show()
reloading.show()
try:
    who = person()
    if st.session_state.setdefault("who", who.name) != who.name:
        st.session_state.clear()  # a connection that comes back may be somebody else's by now
    is_signed_in = door() is not None
    if is_signed_in:
        from app.components import role_change  # where nobody signs in it is never read

        role_change.tell(who)
    st.navigation(pages(who, is_signed_in=is_signed_in), position="top").run()
except FootnoteError as error:
    st.error(inert(str(error), escape_dollars=True), icon=":material/error:")
