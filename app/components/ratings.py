"""What was said of the answers on the page: number of the turn -> its rating, for this session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from indexes.feedback import FeedbackRecord, Rating


@dataclass(frozen=True, slots=True)
class Given:
    """A rating as it is kept."""

    id: int
    rating: Rating


def all_given() -> dict[int, Given]:
    """Those of the conversation on the page."""
    given: dict[int, Given] = st.session_state.setdefault("ratings", {})
    return given


def open_all(kept: Mapping[int, FeedbackRecord]) -> None:
    """Those of a conversation that is opened."""
    st.session_state["ratings"] = {place: Given(one.id, one.rating) for place, one in kept.items()}


def rewind(place: int) -> None:
    """Forget those of this turn and later ones: others take their places. What was said is kept."""
    st.session_state["ratings"] = {n: one for n, one in all_given().items() if n < place}
