"""Before the first question: a drop zone, sample documents to try, and questions to begin with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

import streamlit as st

from app.components import untaken, upload_zone
from app.components.conversation import suggest
from app.components.plain_text import label
from app.components.resources import board, personal
from app.components.upload_zone import SAMPLE_COLLECTION, SAMPLES
from app.personal_catalogue import PersonalCatalogue
from app.words import tr
from rag.types import Scope

_SUGGESTED = 3
_LOOK_S = 0.5
_WAITING = "first-questions-awaited"
_NAME = "start-page"
_start = st.components.v2.component("footnote_start", js=Path(__file__).with_name("start.js").read_text("utf-8"))


def show(catalogue: PersonalCatalogue) -> None:
    """What this is, and how to get the first documents in."""
    with st.container(key="hero", horizontal_alignment="center", gap="small"):
        st.title(tr("Ask your own documents"), anchor=False, text_alignment="center")
        st.markdown(tr("Every sentence of the answer carries a source you can check."), text_alignment="center")
    _start(data=st.session_state.setdefault(_NAME, token_hex(4)), key="start")
    show_ways_in(catalogue)


def is_over() -> None:
    """A conversation has begun: the next start page is another one."""
    st.session_state.pop(_NAME, None)


def show_ways_in(catalogue: PersonalCatalogue) -> None:
    """The drop zone, and the samples; those who add none are told where nothing is shared with them."""
    if personal().edits:
        upload_zone.show(catalogue.usual, "first-upload")
        untaken.show()
        show_samples(catalogue)
    elif not catalogue.n_chunks():
        told = tr("No documents are shared with you yet: ask an editor or an admin to share theirs.")
        st.info(told, icon=":material/lock:")


def show_samples(catalogue: PersonalCatalogue) -> None:
    """A button that takes the sample documents in, until they are there."""
    if not catalogue.collections().get(SAMPLE_COLLECTION) and not board().is_busy:
        with st.container(horizontal_alignment="center"):
            name, icon = tr("Try it with sample documents"), ":material/auto_stories:"
            st.button(name, icon=icon, key="samples", on_click=upload_zone.add_samples)


def show_questions(catalogue: PersonalCatalogue, scope: Scope) -> None:
    """Three things to ask, once there is something that answers them."""
    if board().is_busy or not catalogue.n_chunks():
        return
    questions = _sampled() if set(catalogue.collections()) == {SAMPLE_COLLECTION} else personal().first_questions(scope)
    if questions is None:
        st.session_state[_WAITING] = True
        st.fragment(_wait, run_every=_LOOK_S)(scope)
    else:
        _offer(questions)


def _wait(scope: Scope) -> None:
    """Until they are made; then the page runs again, since a button of a fragment would answer within it."""
    if personal().first_questions(scope) is not None:
        st.rerun()


def was_waiting() -> bool:
    """Whether the page was looking for them by itself when a question was asked; told once."""
    return bool(st.session_state.pop(_WAITING, False))


def _sampled() -> Sequence[str]:
    questions: list[str] = json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8"))
    return questions[::2][:_SUGGESTED]


def _offer(questions: Sequence[str]) -> None:
    if not questions:
        return
    title = tr("Three things to ask") if len(questions) == _SUGGESTED else tr("Ask, for example")
    with st.container(key="suggestions", horizontal_alignment="center", gap="small"):
        st.caption(title, text_alignment="center")
        for i, question in enumerate(questions):
            name, icon = label(question, 120), ":material/arrow_outward:"
            st.button(name, icon=icon, key=f"suggested-{i}", on_click=suggest, args=(question,))
