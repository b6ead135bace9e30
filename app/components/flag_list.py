"""Answers that people have flagged for review: what was asked and answered, what it rests on, and a button that closes
it with a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.components import flagged_answer
from app.components.audit_filter import OUTCOMES
from app.components.plain_text import label
from app.components.resources import flags
from app.export import MARKED
from app.words import day_of, time_of, tr, trn
from app.words.places import on_page
from indexes.redaction import without_secrets
from rag.errors import FootnoteError
from rag.inert import visible

_AT_ONCE = 20
_LONGEST = 4000
_MOST_NOTE = 2000


def show() -> None:
    """The open ones, the oldest first, and folded below them what was closed, the latest first."""
    rows = flags().all()
    opened = [row for row in rows if row["status"] == "open"]
    closed = [row for row in reversed(rows) if row["status"] != "open"]
    if not rows:
        st.info(tr("Nothing is flagged. “Flag for review” below an answer brings it here."))
        return
    st.caption(trn(len(opened), "{n} flagged answer is to be looked at.", "{n} flagged answers are to be looked at."))
    _some(opened)
    if closed:
        with st.expander(trn(len(closed), "{n} looked at", "{n} looked at"), icon=":material/task_alt:"):
            _some(closed)


def _some(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows[:_AT_ONCE]:
        _card(row)
    if (n := len(rows) - _AT_ONCE) > 0:
        st.caption(trn(n, "{n} more: `python -m app flags` lists all.", "{n} more: `python -m app flags` lists all."))


def _card(row: Mapping[str, Any]) -> None:
    number = row["id"]
    with st.container(border=True, key=f"flag-{number}"):
        who = tr("{name}, {at}", name=label(row["user"]), at=time_of(row["at"]))
        outcome = OUTCOMES.get(row["outcome"], row["outcome"])
        st.markdown(f"**{tr(outcome)}** &nbsp; {who}")
        st.text(row["question"][:_LONGEST])
        flagged_answer.show(row, f"flag-answer-{number}")
        for one in row["sentences"]:
            if state := MARKED.get(one["state"]):
                st.caption(f":material/error: {tr(state)}: {label(one['text'], 400)}")
        with st.expander(tr("Sources")):
            for one in row["evidence"]:
                page = f" · {on_page(one['source'], one['page'])}" if one["page"] else ""
                n = f"\\[{one['n']}\\] " if one["n"] else ""
                st.caption(n + label(one["source"], 200) + page)
                st.text(one["quote"][:_LONGEST])
        _closing(row)


def _closing(row: Mapping[str, Any]) -> None:
    if row["status"] != "open":
        said = f": {label(row['note'], _MOST_NOTE)}" if row["note"] else ""
        st.caption(tr("Looked at on {when}", when=day_of(row["closed_at"])) + said)
        return
    with st.form(f"close-flag-{row['id']}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name, key = tr("What was found"), f"note-{row['id']}"
        note = st.text_input(name, key=key, max_chars=_MOST_NOTE, placeholder=name, label_visibility="collapsed")
        if st.form_submit_button(tr("Looked at"), icon=":material/check:"):
            _close(row["id"], note)


def _close(number: int, note: str) -> None:
    try:
        flags().close(number, without_secrets(visible(note)))
    except FootnoteError as error:
        st.error(visible(str(error)), icon=":material/error:")
    else:
        st.rerun()
