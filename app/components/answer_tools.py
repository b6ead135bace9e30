"""What can be done with an answer: rate it, ask once more, in other words too, or flag it for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from app.components import flag_button, kept, thumbs
from app.words import tr
from rag.retriever import MAX_QUESTION
from rag.types import Turn

Again = Callable[[Turn, int, str], None]
"""Asks a question in the place of this turn, which has this number."""


def show(turn: Turn, number: int, again: Again | None) -> None:
    """The buttons below an answer; without `again` it is not the last one, which alone can be asked once more."""
    with st.container(key=f"tools-{number}", horizontal=True, vertical_alignment="center", gap="small"):
        if turn.answer.text:  # else there is no answer to rate
            thumbs.show(turn, number)
        if again is not None:
            st.button(
                tr("Ask again"),
                icon=":material/refresh:",
                key=f"again-{number}",
                type="tertiary",
                on_click=again,
                args=(turn, number, turn.question),
            )
            name = tr("Rephrase") if turn.answer.refused else tr("Edit question")
            key = f"edit-{number}-{kept.n_rewound()}"
            kind: Literal["secondary", "tertiary"] = "secondary" if turn.answer.refused else "tertiary"
            with st.popover(name, icon=":material/edit:", type=kind, key=key):
                _edited(turn, number, again)
        flag_button.show(turn.answer, number)
    flag_button.show_note(number)
    thumbs.show_reasons(number, is_last=again is not None)


def _edited(turn: Turn, number: int, again: Again) -> None:
    is_too_long = len(turn.question) > MAX_QUESTION  # the browser would let nobody take a letter of it away
    with st.form(f"edit-form-{number}", border=False):
        most, key = None if is_too_long else MAX_QUESTION, f"edited-{number}"
        text = st.text_area(tr("Question"), turn.question, max_chars=most, key=key)
        st.caption(tr("Its answer takes the place of this one."))
        if st.form_submit_button(tr("Ask"), type="primary") and text.strip():
            again(turn, number, text.strip())
            st.rerun()
