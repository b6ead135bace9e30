"""Text of a document in parts, drawn as nothing but text: around, passage, quote (marked), or a label between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_draw = st.components.v2.component(
    "footnote_passage",
    html='<div class="root"></div>',
    css=(_HERE / "passage.css").read_text(encoding="utf-8"),
    js=(_HERE / "passage.js").read_text(encoding="utf-8"),
)


def show(parts: Sequence[tuple[str, str]], key: str) -> None:
    """Draw (kind, words) in order; the first quote, or a passage among its surroundings, is scrolled into sight."""
    _draw(data={"parts": [list(part) for part in parts]}, key=key)
