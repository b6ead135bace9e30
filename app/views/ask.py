"""The chat page: a question, its answer with sources, and before the first question a place to begin."""

from __future__ import annotations

import streamlit as st

from app.components import (
    attached,
    conversation,
    conversation_list,
    document_choice,
    empty_state,
    health_line,
    job_rows,
    kept,
    question_box,
    sampling_choice,
    scope_choice,
    source_view,
)
from app.components.resources import board, personal, warm_up
from app.words import tr

catalogue = personal().catalogue
kept.settle()  # where its questions were asked is chosen again before the choice is drawn
attached.settle()
document_choice.settle(catalogue)  # before the box tells how many are chosen
ready = question_box.show()
question, notice = ready.question, ready.notice
with st.container(key="toolbar", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
    scope = scope_choice.show(catalogue)
    sampling_choice.show(personal())
    if kept.turns() or question:
        name, icon = tr("New conversation"), ":material/edit_square:"
        st.button(name, icon=icon, key="new", type="tertiary", on_click=kept.clear)
with st.container() if document_choice.chosen() else st.empty():  # or all below would move to another place
    document_choice.show_chosen(catalogue)
is_new = not kept.turns() and not question
with st.container() if is_new else st.empty():  # emptied at once, or it would stand below the first answer as it comes
    if is_new:
        empty_state.show(catalogue)
        if not attached.is_shown():
            job_rows.show_briefly(is_new=True)
        empty_state.show_questions(catalogue, scope)
if not is_new:
    empty_state.is_over()
if not is_new and not attached.is_shown():
    job_rows.show_briefly(is_new=False)
health_line.show(personal())
thread = conversation.show(is_asking=bool(question))
attached.show()
if not is_new and not question and not attached.is_shown() and not catalogue.n_chunks():
    empty_state.show_ways_in(catalogue)
if ready.files:
    attached.take(thread, ready.files, question, scope)
elif question:
    if board().is_busy and not notice:
        notice = tr("Files are still on their way in: what is in them is not found yet.")
    conversation.ask(thread, personal(), question, scope, notice, has_waited=ready.has_waited)
source_view.show(catalogue)
conversation_list.show()
warm_up()
if question and (empty_state.was_waiting() or board().is_busy):
    # What runs by itself, for files or questions, hides the end of this run from a box that waits for it
    conversation.draw_anew()
