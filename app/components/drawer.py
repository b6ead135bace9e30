"""The sidebar where it lies over the page, on a narrow screen: it makes way for what was chosen in it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_watch = st.components.v2.component("footnote_drawer", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"))


def show() -> None:
    """Draws nothing by itself."""
    _watch(key="drawer")
