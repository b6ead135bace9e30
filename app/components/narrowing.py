"""A choice that narrows what a list shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st


def choice(
    name: str,
    hint: str,
    options: Sequence[str],
    key: str,
    *,
    width: int,
    shown: Callable[[str], str] = str,
    fewest: int = 2,
) -> str | None:
    """What was chosen, of options that are told as `shown`; None, for everything, where there are not even so many to
    choose between. `width`: in pixels."""
    chosen = st.session_state.get(key)
    if len(options) < fewest and chosen is None:
        return None
    if chosen is not None and chosen not in options:  # the last that fitted it is gone
        st.session_state[key] = None
    return st.selectbox(
        name,
        options,
        index=None,
        key=key,
        format_func=shown,
        placeholder=hint,
        label_visibility="collapsed",
        width=width,
    )
