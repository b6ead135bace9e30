"""Which days the usage page tells of, and whose questions."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.plain_text import label

_SPANS = {"7 days": 7, "30 days": 30, "90 days": 90}
_USUAL = "30 days"


def show(people: Sequence[str]) -> tuple[int, str]:
    """(how many days, whose questions alone; empty for all of them). Of less than two people nobody is chosen."""
    with st.container(key="usage-choice", horizontal=True, vertical_alignment="center", gap="small"):
        span = st.segmented_control(
            "Days", list(_SPANS), default=_USUAL, required=True, key="usage-days", label_visibility="collapsed"
        )
        person = ""
        if len(people) > 1:
            person = (
                st.selectbox(
                    "Person",
                    people,
                    index=None,
                    key="usage-person",
                    placeholder="Everybody",
                    label_visibility="collapsed",
                    format_func=label,
                    width=200,
                )
                or ""
            )
    return _SPANS[span or _USUAL], person
