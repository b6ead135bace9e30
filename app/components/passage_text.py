"""Text of a document, drawn as nothing but text: paragraphs and tables with passage and quote marked, and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent

_draw = st.components.v2.component(
    "footnote_passage",
    html='<div class="root"></div>',
    css=(_HERE / "passage.css").read_text(encoding="utf-8"),
    js=(_HERE / "passage.js").read_text(encoding="utf-8"),
)


def show(blocks: Sequence[Mapping[str, Any]], key: str, facts: Sequence[tuple[str, str]] = ()) -> None:
    """Draw blocks (see `app.source_text.blocks`) in order, below (name, value) of what is known of the document; the
    first quote, or a passage among its surroundings, is scrolled into sight."""
    _draw(data={"blocks": [dict(block) for block in blocks], "facts": [list(fact) for fact in facts]}, key=key)
