"""Buttons that put a text on the clipboard, each one its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_draw = st.components.v2.component(
    "footnote_copy",
    html='<div class="root"></div>',
    css=(_HERE / "copy_buttons.css").read_text(encoding="utf-8"),
    js="".join((_HERE / name).read_text(encoding="utf-8") for name in ("clipboard.js", "copy_buttons.js")),
)


def show(choices: Sequence[tuple[str, str]], key: str) -> None:
    """Draw a button for each (name, text)."""
    _draw(data={"choices": [list(choice) for choice in choices]}, key=key)
