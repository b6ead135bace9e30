"""All that is kept of one question: what was asked and answered, its sources, steps, checks and requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.components.audit_filter import OUTCOMES
from app.components.plain_text import label
from app.limits import cost_told
from app.words import msgid, numeral, time_of, tr, trn

_LONGEST = 4000
_HASH = 16
_MOST = 50
_STATES = (
    msgid("supported"),
    msgid("partly"),
    msgid("unsupported"),
    msgid("no claim"),
    msgid("quoted"),
    msgid("unchecked"),
)
_STEPS = (msgid("search"), msgid("open"), msgid("list"), msgid("calculate"), msgid("wrong"))
_ENDS = (msgid("stop"), msgid("cut"), msgid("failed"))
"""As the log calls them: of a sentence's check, of a step, of a request."""


def show(row: Mapping[str, Any]) -> None:
    """A card beneath the table."""
    with st.container(border=True, key="audit-detail"):
        who = tr("{name}, {at}", name=label(row["user"]), at=time_of(row["at"], "%H:%M:%S"))
        writer = label(row["reported_model"] or row["model"])
        model = tr(", written by {model}", model=writer) if row["model"] else ""
        outcome = OUTCOMES.get(row["outcome"], row["outcome"])
        st.markdown(f"**{tr(outcome)}**{model} &nbsp; {who}, {numeral(row['ms'] / 1000, 1)} s")
        _text(tr("Question"), row["question"], row["question_sha256"])
        _text(tr("Answer"), row["answer"], row["answer_sha256"])
        if row["sentences"]:
            states = [f"{numeral(n)} {label(tr(state))}" for state, n in row["sentences"].items()]
            st.markdown(tr("**Sentences**: {states}", states=", ".join(states)))
        _rows(tr("Sources"), [_cited(one) for one in row["cited"]])
        _rows(tr("Steps"), [_step(one) for one in row["steps"]])
        _rows(tr("Requests to chat models"), [_request(one) for one in row["requests"]])
        with st.expander(tr("Scope and settings")):
            st.json({"scope": row["scope"], "settings": row["settings"], "number": row["id"]})


def _text(name: str, text: str, sha256: str) -> None:
    if text:
        st.markdown(f"**{name}**")
        st.text(text[:_LONGEST])
    elif sha256:
        st.markdown(tr("**{name}**: only its SHA-256 is kept, {start}…", name=name, start=sha256[:_HASH]))


def _rows(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        more = (
            trn(len(rows), ", the first {some} of {n} row", ", the first {some} of {n} rows", some=numeral(_MOST))
            if len(rows) > _MOST
            else ""
        )
        st.markdown(f"**{name}**{more}")
        shown = [{tr(column): cell for column, cell in row.items()} for row in rows[:_MOST]]
        st.table(shown, border="horizontal", hide_index=True)


def _cited(one: Mapping[str, Any]) -> dict[str, object]:
    source = label(one.get("source", "")) or f"SHA-256 {one['sha256'][:_HASH]}…"
    letters = tr("{start} to {end}", start=numeral(one["start"]), end=numeral(one["end"]))
    return {msgid("Document"): str(one["document"]), msgid("Source"): source, msgid("Letters"): letters}


def _step(one: Mapping[str, Any]) -> dict[str, object]:
    return {
        msgid("Step"): label(tr(one["kind"])),
        msgid("Found"): numeral(one["n"]),
        "ms": numeral(one["ms"]),
        msgid("Asked"): label(one.get("asked", ""), 200),
        msgid("Failed"): tr("yes") if one["is_wrong"] else "",
    }


def _request(one: Mapping[str, Any]) -> dict[str, object]:
    unpriced = int(one["cost"] is None and one["ended"] != "failed")
    read, written = (_tokens(one[name], one) for name in ("prompt_tokens", "completion_tokens"))
    return {
        msgid("Model"): label(one["model"]),
        msgid("Read"): read,
        msgid("Written"): written,
        msgid("Cost"): cost_told(one["cost"] or 0.0, unpriced).replace("$", "\\$"),
        "ms": numeral(one["ms"]),
        msgid("Ended"): label(tr(one["ended"])),
    }


def _tokens(n: int, one: Mapping[str, Any]) -> str:
    return tr("about {n}", n=numeral(n)) if one["is_estimated"] else numeral(n)
