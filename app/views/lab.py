"""The lab page: a search taken apart, a collection drawn as a map, and a passage looked at from within."""

from __future__ import annotations

import streamlit as st

from app.components import empty_state, lab_map, lab_passage, lab_search, scope_choice, source_view
from app.components.resources import personal, warm_up
from app.words import msgid, tr
from rag.errors import FootnoteError
from rag.inert import inert
from rag.types import Scope

_SEARCH = msgid("Search")
_SECTIONS = {_SEARCH: lab_search.show, msgid("Map"): lab_map.show, lab_search.PASSAGE: lab_passage.show}


@st.fragment
def _section(question: str, scope: Scope) -> None:
    """A fragment: what is moved in it draws it anew and nothing else, so errors become sentences here, too."""
    try:
        if asked := st.session_state.pop(f"{lab_search.SECTION}-next", None):
            st.session_state[lab_search.SECTION] = asked
        st.session_state.setdefault(lab_search.SECTION, _SEARCH)
        lab_search.keep_moved()
        name = st.segmented_control(
            tr("Part of the lab"),
            list(_SECTIONS),
            required=True,
            format_func=tr,
            key=lab_search.SECTION,
            label_visibility="collapsed",
        )
        if name == _SEARCH and not question:
            st.info(tr("Type a question above to see how its passages are found, stage by stage."))
        else:
            _SECTIONS[name or _SEARCH](question, scope)
    except FootnoteError as error:
        st.error(inert(str(error), escape_dollars=True), icon=":material/error:")


catalogue = personal().catalogue
with st.container(key="lab-head"):
    st.title(tr("Lab"), anchor=False)
    st.caption(tr("See how passages are found, and what changes it. Nothing here is answered or kept."))
if catalogue.n_chunks():
    question = st.text_input(
        tr("Question"), key="lab-question", placeholder=tr("What would you ask your documents?"), max_chars=4000
    )
    _section(question.strip(), scope_choice.show_collections(catalogue, "lab-scope"))
    source_view.show(catalogue)
    warm_up()
else:
    st.markdown(tr("**No passages yet.** Once there are documents, you see here how they are searched."))
    empty_state.show_ways_in(catalogue)
