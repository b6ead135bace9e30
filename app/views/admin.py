"""The admin page: the health of this library, and what else is an admin's business, one part at a time."""

from __future__ import annotations

import streamlit as st

from app.components import audit_part, flag_list, health_part, settings_part
from app.words import msgid, tr

_PARTS = {
    msgid("Health"): health_part.show,
    msgid("Settings"): settings_part.show,
    msgid("Audit"): audit_part.show,
    msgid("Flagged"): flag_list.show,
}
_FIRST = "Health"


def _tell_address() -> None:
    """A part is at the same address in every language; what Streamlit binds is the word that is shown."""
    if st.session_state["part"] == _FIRST:
        st.query_params.pop("part", None)
    else:
        st.query_params["part"] = st.session_state["part"]


with st.container(key="admin-head"):
    st.title(tr("Admin"), anchor=False)
    if "part" not in st.session_state:
        asked = st.query_params.get("part", _FIRST)
        st.session_state["part"] = asked if asked in _PARTS else _FIRST
    part = st.segmented_control(
        tr("Part of the admin page"),
        list(_PARTS),
        format_func=tr,
        required=True,
        key="part",
        on_change=_tell_address,
        label_visibility="collapsed",
    )
_PARTS[part or _FIRST]()
