"""Which language whoever looks at a page reads, the one that is set or the browser's, and what their clock says."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from app.words import first_of
from indexes.home import load_settings
from rag.errors import FootnoteError


def language_of_page() -> str:
    """That of the page which runs now; English where none does."""
    chosen = setting()
    return first_of(st.context.locale or "") if chosen == "auto" else chosen


def zone_of_page() -> tzinfo:
    """That of the browser; UTC where no page runs, the browser tells none, or it is not known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):  # any text may come, and is looked up as the name of a file
        return UTC


@st.cache_resource(show_spinner=False)
def setting() -> str:
    """FOOTNOTE_LANGUAGE of this server. What is wrong with the settings is told by whatever needs the others."""
    try:
        return load_settings().language
    except FootnoteError:
        return "auto"
