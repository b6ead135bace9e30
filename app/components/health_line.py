"""One small line that says what is wrong with the chat model, before somebody asks in vain."""

from __future__ import annotations

import streamlit as st

from app.chat_watch import ChatWatch
from app.personal import PersonalWorkspace
from rag.inert import inert

_LOOK_EVERY_S = 2.0


def show(workspace: PersonalWorkspace) -> None:
    """Nothing where all is well, or no chat model is set. What is found in a moment is drawn then."""
    watch = workspace.watch
    if watch is not None:
        watch.used()
        st.fragment(_line, run_every=_LOOK_EVERY_S if watch.is_looking else None)(watch, was_looking=watch.is_looking)


def _line(watch: ChatWatch, *, was_looking: bool) -> None:
    if watch.trouble:
        st.caption(f":material/warning: {inert(watch.trouble, escape_dollars=True)}")
    if was_looking and not watch.is_looking:  # the page runs again, so that this line is not looked at any more
        st.rerun()
