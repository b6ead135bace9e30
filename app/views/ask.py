"""The chat page: a question, its answer with sources, and before the first question a place to begin."""

from __future__ import annotations

import streamlit as st

from app.components import (
    conversation,
    conversation_list,
    document_choice,
    empty_state,
    health_line,
    job_rows,
    kept,
    sampling_choice,
    scope_choice,
    source_view,
)
from app.components.resources import board, personal, warm_up

catalogue = personal().catalogue
question = st.chat_input("Ask about your documents", key="question", submit_mode="stop") or conversation.suggested()
kept.turns()  # where they were asked is chosen again before the choice is drawn
with st.container(key="toolbar", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
    scope = scope_choice.show(catalogue)
    sampling_choice.show(personal())
    if kept.turns() or question:
        name, icon = "New conversation", ":material/edit_square:"
        st.button(name, icon=icon, key="new", type="tertiary", on_click=kept.clear)
document_choice.show_chosen(catalogue)
is_new = not kept.turns() and not question
with st.container() if is_new else st.empty():  # emptied at once, or it would stand below the first answer as it comes
    if is_new:
        empty_state.show(catalogue)
        job_rows.show_briefly(is_new=True)
        empty_state.show_questions(catalogue)
if not is_new:
    job_rows.show_briefly(is_new=False)
health_line.show(personal())
conversation.show(is_asking=bool(question))
if not is_new and not question and not catalogue.n_chunks():
    empty_state.show_ways_in(catalogue)
if question:
    conversation.ask(personal(), question, scope)
source_view.show(catalogue)
conversation_list.show()
warm_up()
if question and board().is_busy:
    st.rerun()  # the rows of coming files run by themselves, and hide the end of this run from a box that waits for it
