"""A page that stayed open while the server was away mends itself: it loads anew where a part of it could not come."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_watch = st.components.v2.component(
    "footnote_reloading", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def show() -> None:
    """Draws nothing by itself."""
    _watch(key="reloading")
