"""The health of this library: what the doctor finds, with buttons that mend it, and what the chat endpoint says."""

from __future__ import annotations

import time

import streamlit as st

from app.components import health_cards, health_chat
from app.components.plain_text import label
from app.components.resources import checkup
from app.words import moment, tr

_LONGEST = 600
_OLD_S = 60.0


def show() -> None:
    """A visit begins a look where the last one, which all who come share, is no more of this minute."""
    doctor = checkup()
    if time.time() - doctor.report.at > _OLD_S and doctor.doing is None:
        doctor.look()
    report = doctor.report
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(tr("As of {when}.", when=moment(report.at)) if report.at else tr("Nothing was looked at yet."))
        st.button(
            tr("Check again"),
            icon=":material/refresh:",
            key="check-again",
            disabled=doctor.doing is not None,
            on_click=doctor.look,
        )
    health_cards.show_progress(doctor)
    if report.trouble:
        st.error(label(report.trouble, _LONGEST), icon=":material/error:")
    health_cards.show_findings(doctor, report)
    health_chat.show(doctor)
    if report.at:
        health_cards.show_facts(report.facts, report.findings)
    health_cards.show_question(report)
