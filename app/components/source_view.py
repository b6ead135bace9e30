"""A source opened: the passage in its surroundings with the quoted words marked, in a drawer at the side."""

from __future__ import annotations

import streamlit as st

from app.components import passage_text
from app.components.answer_card import place, title
from app.components.plain_text import label
from indexes.catalogue import Catalogue
from rag.types import Citation, Hit

_AROUND = 1500
"""Characters shown before and after the passage."""


@st.dialog("Source", width="small", position="right")
def show(catalogue: Catalogue, source: Citation | Hit) -> None:
    """Open the drawer with a citation's quote, or a hit's whole passage, in its document."""
    chunk = source.chunk
    st.markdown(f"**{label(title(chunk), 200)}**")
    st.caption(label(" · ".join(part for part in (place(chunk), chunk.collection, chunk.source) if part), 300))
    text = catalogue.text(chunk.document_id)
    if text[chunk.start : chunk.end] != chunk.text:
        st.warning("The document was changed or removed after this answer. This is the passage as it was.")
    passage_text.show(parts(text, source), key="passage")


def parts(text: str, source: Citation | Hit) -> list[tuple[str, str]]:
    """(kind, words) in order: what stands around, the passage, and the quote in it; the passage alone where the
    document does not hold it any more."""
    chunk = source.chunk
    start, end = (source.start, source.end) if isinstance(source, Citation) else (chunk.end, chunk.end)
    inside = [
        ("passage", chunk.text[: start - chunk.start]),
        ("quote", chunk.text[start - chunk.start : end - chunk.start]),
        ("passage", chunk.text[end - chunk.start :]),
    ]
    around = [("around", ""), ("around", "")]
    if text[chunk.start : chunk.end] == chunk.text:
        around = [("around", _before(text, chunk.start)), ("around", _after(text, chunk.end))]
    return [(kind, words) for kind, words in (around[0], *inside, around[1]) if words]


def _before(text: str, position: int) -> str:
    if position <= _AROUND:
        return text[:position]
    return "… " + text[position - _AROUND : position].split(" ", 1)[-1]


def _after(text: str, position: int) -> str:
    if len(text) - position <= _AROUND:
        return text[position:]
    return text[position : position + _AROUND].rsplit(" ", 1)[0] + " …"
