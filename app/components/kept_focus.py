"""The focus of a button that hands out a file, which stays where it was."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_watch = st.components.v2.component("footnote_kept_focus", js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def show() -> None:
    """Draws nothing by itself."""
    _watch(key="kept-focus")
