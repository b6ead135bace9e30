"""The admin page: the health of this library, and what else is an admin's business, one part at a time."""

from __future__ import annotations

import streamlit as st

from app.components import audit_part, health_part, settings_part
from app.words import msgid, tr

_PARTS = {
    msgid("Health"): health_part.show,
    msgid("Settings"): settings_part.show,
    msgid("Audit"): audit_part.show,
}

with st.container(key="admin-head"):
    st.title(tr("Admin"), anchor=False)
    part = st.segmented_control(
        tr("Part of the admin page"),
        list(_PARTS),
        format_func=tr,
        required=True,
        default="Health",
        key="part",
        bind="query-params",
        label_visibility="collapsed",
    )
_PARTS[part or "Health"]()
