"""Where a question is typed, and files are given with it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from app.components import attached, conversation, document_choice, kept, scope_choice
from app.components.resources import personal
from app.words import tr, trn

_way = st.components.v2.component(
    "footnote_question_way", js=Path(__file__).with_name("question_way.js").read_text("utf-8")
)


def show() -> attached.Ready:
    """The question to be asked now, or given with files that are to be taken in now; an empty one while there is none,
    and while it waits for its files."""
    _way(data=tr("Skip to the question"), key="question-way")
    ready = attached.ready()
    is_waiting = bool(attached.waited_for()) or kept.is_asked_elsewhere()
    hint = tr("Ask about your documents")
    if n := len(document_choice.chosen()):
        hint = trn(n, "Ask about your documents: {n} chosen", "Ask about your documents: {n} chosen")
    if attached.waited_for():
        hint = tr("Your question is asked once its files are through")
    way: Literal["multiple", False] = "multiple" if personal().edits else False
    if kept.is_asked_elsewhere():
        hint = tr("Your question is being answered in another window")
    given = st.chat_input(hint, key="question", submit_mode="stop", disabled=is_waiting, accept_file=way)
    if given and not isinstance(given, str) and given.files:
        attached.give(given.files, given.text.strip())
    if taken := attached.given():
        return taken
    if ready and not given:
        return ready
    question = _question((given if isinstance(given, str) else given.text) if given else "", is_waiting=is_waiting)
    is_at_once = attached.is_at_once(question)
    if question and not is_at_once and attached.hold(question, scope_choice.current()):
        conversation.seen_to()
        st.rerun()
    return attached.Ready(question, has_waited=is_at_once)


def _question(typed: str, *, is_waiting: bool) -> str:
    """What is typed or put; a turn that was to be replaced stays where that is nothing."""
    if is_waiting:
        conversation.unput()
    question = conversation.put(typed)
    if not question:
        kept.put_back_unasked()
    return question
