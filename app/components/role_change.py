"""Why a page that stood open was left: its person has another role than when it was opened."""

from __future__ import annotations

import streamlit as st

from app.components.account import ROLES
from app.sign_in.gate import ROLE, TOLD
from app.words import tr
from rag.rights import Person


def tell(person: Person) -> None:
    """Said once, to whoever the gate has led here for that; it stays until they have read it."""
    if st.query_params.get(TOLD) == ROLE:
        del st.query_params[TOLD]
        told = tr(
            "Your role is “{role}” now: an admin has changed it, and the page that you had open was left.",
            role=tr(ROLES[person.role]),
        )
        st.toast(told, icon=":material/info:", duration="infinite")
