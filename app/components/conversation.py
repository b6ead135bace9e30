"""The questions and answers of this session."""

from __future__ import annotations

import time
from contextlib import closing

import streamlit as st

from app.components import answer_card, source_view
from app.wiring import Workspace
from indexes.catalogue import Catalogue
from rag.inert import inert
from rag.types import Answer, Scope, Turn

_DRAW_EVERY_S = 0.05


def turns() -> list[Turn]:
    """What has been asked and answered so far."""
    kept: list[Turn] = st.session_state.setdefault("turns", [])
    return kept


def show(catalogue: Catalogue) -> None:
    """Draw all turns; a source that was opened comes in a drawer."""
    for number, turn in enumerate(turns()):
        _question(turn.question)
        _answer(catalogue, turn.answer, number)


def ask(workspace: Workspace, question: str, scope: Scope) -> None:
    """Answer while it is drawn, and keep the turn."""
    _question(question)
    place = st.empty()
    with place.container():
        answer = _streamed(workspace, question, scope)
    turns().append(Turn(question, answer))
    with place.container():
        _answer(workspace.library.catalogue, answer, len(turns()) - 1)


def _question(question: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.text(question, width="stretch")


def _answer(catalogue: Catalogue, answer: Answer, number: int) -> None:
    with st.chat_message("assistant", avatar=":material/format_quote:"):
        opened = answer_card.show(answer, key=f"answer-{number}")
    if opened is not None:
        source_view.show(catalogue, opened)


def _streamed(workspace: Workspace, question: str, scope: Scope) -> Answer:
    """The Answer; what a chat model writes is drawn as it comes, some twenty times a second."""
    with st.chat_message("assistant", avatar=":material/format_quote:"), st.spinner("Searching your documents"):
        written, drawn_at, place = "", 0.0, st.empty()
        with closing(workspace.answerer.stream(question, scope, tuple(turns()))) as events:
            for event in events:
                if isinstance(event, Answer):
                    return event
                if isinstance(event, str):
                    written += event
                    if time.monotonic() - drawn_at > _DRAW_EVERY_S:
                        place.markdown(inert(written, escape_dollars=True))
                        drawn_at = time.monotonic()
    raise TypeError("a stream of events ends with its Answer")
