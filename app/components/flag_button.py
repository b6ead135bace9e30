"""Below an answer: a button by which a person is asked to look at it."""

from __future__ import annotations

import streamlit as st

from app.components.resources import personal
from app.words import tr
from rag.types import Answer

_FLAGGED = "flagged"


def show(answer: Answer, number: int) -> None:
    """The button, or that this answer of the conversation was flagged. Raises StoreError where it cannot be kept."""
    flagged: set[int] = st.session_state.setdefault(_FLAGGED, set())
    place = st.empty()
    told = tr("Keeps question, answer and sources for a person: `python -m app flags` lists them")
    if number not in flagged and place.button(
        tr("Flag for review"), icon=":material/flag:", key=f"flag-{number}", type="tertiary", help=told
    ):
        personal().flag(answer)
        flagged.add(number)
    if number in flagged:
        done = tr("Flagged for review")
        place.caption(f":material/flag: {done}")


def rewind(number: int) -> None:
    """Forget of this answer and later ones that they were flagged: others take their places."""
    flagged: set[int] = st.session_state.setdefault(_FLAGGED, set())
    flagged -= {one for one in flagged if one >= number}
