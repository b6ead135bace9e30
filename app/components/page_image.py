"""The picture of a page in a box that keys and fingers can scroll, as wide as its place or wider."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_draw = st.components.v2.component(
    "footnote_page",
    html='<div class="root"></div>',
    css=(_HERE / "page_image.css").read_text(encoding="utf-8"),
    js=(_HERE / "page_image.js").read_text(encoding="utf-8"),
)


def show(picture: bytes, name: str, key: str, zoom: float = 1.0) -> None:
    """Draw a JPEG, `zoom` times as wide as its place; `name` says what it is to those who do not see it."""
    _draw(data={"picture": b64encode(picture).decode(), "name": name, "zoom": zoom}, key=key)
