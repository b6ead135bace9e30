"""The page's entry: look, navigation, and the one place of the page where errors become sentences."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.components.resources import person
from rag.errors import FootnoteError
from rag.inert import inert
from rag.rights import Role

_HERE = Path(__file__).parent
_VIEWS = _HERE / "views"  # a folder named "pages" would be found by Streamlit and run without this file

st.set_page_config(page_title="Footnote", page_icon=_HERE / "icon.png", layout="centered")
st.html(_HERE / "style.css")
pages = [
    st.Page(_VIEWS / "ask.py", title="Ask", icon=":material/forum:", default=True),
    st.Page(_VIEWS / "documents.py", title="Documents", icon=":material/description:", url_path="documents"),
    st.Page(_VIEWS / "usage.py", title="Usage", icon=":material/bar_chart:", url_path="usage"),
    st.Page(_VIEWS / "lab.py", title="Lab", icon=":material/science:", url_path="lab"),
]
if person().role is Role.ADMIN:
    admin = st.Page(_VIEWS / "admin.py", title="Admin", icon=":material/admin_panel_settings:", url_path="admin")
    pages.append(admin)
page = st.navigation(pages, position="top")
try:
    page.run()
except FootnoteError as error:
    st.error(inert(str(error), escape_dollars=True), icon=":material/error:")
