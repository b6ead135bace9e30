"""Which language whoever looks at a page reads: the one that is set, or the browser's."""

from __future__ import annotations

import streamlit as st

from app.words import first_of
from indexes.home import load_settings
from rag.errors import FootnoteError


def language_of_page() -> str:
    """That of the page which runs now; English where none does."""
    chosen = setting()
    return first_of(st.context.locale or "") if chosen == "auto" else chosen


@st.cache_resource(show_spinner=False)
def setting() -> str:
    """FOOTNOTE_LANGUAGE of this server. What is wrong with the settings is told by whatever needs the others."""
    try:
        return load_settings().language
    except FootnoteError:
        return "auto"
