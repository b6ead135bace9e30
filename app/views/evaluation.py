"""The evaluation page: sets of questions, runs over them, and two runs side by side."""

from __future__ import annotations

import streamlit as st

from app.components import empty_state, evaluation_compare, evaluation_runs, evaluation_sets
from app.components.evaluation_stores import collections, stores
from app.components.resources import personal
from app.words import msgid, tr

_SECTIONS = {
    msgid("Question sets"): evaluation_sets.show,
    msgid("Runs"): evaluation_runs.show,
    msgid("Compare"): evaluation_compare.show,
}
SECTION = "evaluation-section"

with st.container(key="evaluation-head"):
    st.title(tr("Evaluation"), anchor=False)
    st.caption(tr("Measure how well questions about your documents are found and answered, before and after a change."))
if collections():
    sets = stores().sets.all()
    are_made = bool(sets) and all(one.n for one in sets)
    st.session_state.setdefault(SECTION, "Runs" if are_made else "Question sets")
    name = st.segmented_control(
        tr("Part of the evaluation"),
        list(_SECTIONS),
        format_func=tr,
        required=True,
        key=SECTION,
        label_visibility="collapsed",
    )
    _SECTIONS[name or "Runs"]()
else:
    st.markdown(
        tr("**No documents yet.** Once there are some, you can make questions from them and measure the answers.")
    )
    empty_state.show_ways_in(personal().catalogue)
