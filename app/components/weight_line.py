"""One line that says how much meaning counts against words in each collection, and what that rests on."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.personal_library import PersonalLibrary

_MOST = 5
"""Collections that are named; `python -m ingest weight` shows all."""


def show(library: PersonalLibrary) -> None:
    """Nothing before there is a collection with passages."""
    told = [f"{label(name)} {one.told}" for name, one in library.weights().items() if one.n_chunks]
    if told:
        more = f"; and {len(told) - _MOST} more" if len(told) > _MOST else ""
        st.caption(f"Weight of meaning against words in searches: {'; '.join(told[:_MOST])}{more}.")
