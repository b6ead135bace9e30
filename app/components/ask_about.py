"""From marked documents to the chat page: a new conversation that asks these alone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import document_choice, kept
from app.words import trn


def show(marked: Sequence[int]) -> None:
    """A button where some are marked, and not more than one conversation asks."""
    if not 0 < len(marked) <= document_choice.MOST:
        return
    name = trn(len(marked), "Ask about this document", "Ask about these {n} documents")
    if st.button(name, icon=":material/forum:", key="ask-about"):
        kept.clear()
        document_choice.choose(marked)
        st.switch_page("views/ask.py")
