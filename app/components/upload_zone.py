"""Where files are dropped: they go to disk and onto the board at once, and out of the session's memory."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.components.resources import board
from app.words import tr
from indexes.access import Visibility

SAMPLES = Path(__file__).parents[2] / "samples"
SAMPLE_COLLECTION = "samples"
_cover = st.components.v2.component(
    "footnote_upload_zone", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def show(collection: str, key: str) -> None:
    """A drop zone, all of the page while files are dragged over it; dropped files are queued for the collection."""
    n = st.session_state.setdefault(f"{key}-round", 0)
    dropped = st.file_uploader(
        tr("Add documents"),  # of any type: one that cannot be read gets a row that says so
        accept_multiple_files=True,
        key=f"{key}-{n}",  # a new key empties the widget, which lets go of the bytes
        label_visibility="collapsed",
    )
    _cover(key="upload-cover")
    if dropped:
        board().add(((file.name, file.getbuffer()) for file in dropped), collection)
        st.session_state[f"{key}-round"] = n + 1
        st.rerun()


def add_samples() -> None:
    """Queue the documents that come with Footnote."""
    paths = sorted((SAMPLES / "documents").iterdir())
    board().add(((path.name, path.read_bytes()) for path in paths), SAMPLE_COLLECTION, visibility=Visibility.PUBLIC)
