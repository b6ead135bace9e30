"""The row of buttons that ends a question: the deed, and the way out of it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def deed_row(*, destroys: bool) -> DeltaGenerator:
    """Where they are drawn; the primary one is red where it takes something away."""
    return st.container(key="deed-destroys" if destroys else "deed", horizontal=True)
