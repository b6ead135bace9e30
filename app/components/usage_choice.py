"""Which days the usage page tells of, and whose questions."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.plain_text import label
from app.words import tr, trn

_SPANS = (7, 30, 90)
_USUAL = 30


def show(people: Sequence[str]) -> tuple[int, str]:
    """(how many days, whose questions alone; empty for all of them). Of less than two people nobody is chosen."""
    with st.container(key="usage-choice", horizontal=True, vertical_alignment="center", gap="small"):
        span = st.segmented_control(
            tr("Days"),
            _SPANS,
            format_func=lambda n: trn(n, "{n} day", "{n} days"),
            default=_USUAL,
            required=True,
            key="usage-days",
            label_visibility="collapsed",
        )
        person = ""
        if len(people) > 1:
            person = (
                st.selectbox(
                    tr("Person"),
                    people,
                    index=None,
                    key="usage-person",
                    placeholder=tr("Everybody"),
                    label_visibility="collapsed",
                    format_func=label,
                    width=200,
                )
                or ""
            )
    return span or _USUAL, person
