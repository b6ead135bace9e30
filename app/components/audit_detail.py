"""All that is kept of one question: what was asked and answered, its sources, steps, checks and requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.components.audit_filter import OUTCOMES
from app.components.plain_text import label
from app.limits import cost_told
from rag.types import counted

_LONGEST = 4000
_HASH = 16
_MOST = 50


def show(row: Mapping[str, Any]) -> None:
    """A card beneath the table."""
    with st.container(border=True, key="audit-detail"):
        who = f"{label(row['user'])}, {row['at'][:19].replace('T', ' ')} UTC"
        model = f", written by {label(row['reported_model'] or row['model'])}" if row["model"] else ""
        st.markdown(f"**{OUTCOMES.get(row['outcome'], row['outcome'])}**{model} &nbsp; {who}, {row['ms'] / 1000:.1f} s")
        _text("Question", row["question"], row["question_sha256"])
        _text("Answer", row["answer"], row["answer_sha256"])
        if row["sentences"]:
            states = [f"{n:,} {label(state)}" for state, n in row["sentences"].items()]
            st.markdown(f"**Sentences**: {', '.join(states)}")
        _rows("Sources", [_cited(one) for one in row["cited"]])
        _rows("Steps", [_step(one) for one in row["steps"]])
        _rows("Requests to chat models", [_request(one) for one in row["requests"]])
        with st.expander("Scope and settings"):
            st.json({"scope": row["scope"], "settings": row["settings"], "number": row["id"]})


def _text(name: str, text: str, sha256: str) -> None:
    if text:
        st.markdown(f"**{name}**")
        st.text(text[:_LONGEST])
    elif sha256:
        st.markdown(f"**{name}**: only its SHA-256 is kept, {sha256[:_HASH]}…")


def _rows(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        more = f", the first {_MOST} of {counted(len(rows), 'row')}" if len(rows) > _MOST else ""
        st.markdown(f"**{name}**{more}")
        st.table([dict(row) for row in rows[:_MOST]], border="horizontal", hide_index=True)


def _cited(one: Mapping[str, Any]) -> dict[str, object]:
    source = label(one.get("source", "")) or f"SHA-256 {one['sha256'][:_HASH]}…"
    return {"Document": str(one["document"]), "Source": source, "Letters": f"{one['start']:,} to {one['end']:,}"}


def _step(one: Mapping[str, Any]) -> dict[str, object]:
    done: dict[str, object] = {"Step": label(one["kind"]), "Found": f"{one['n']:,}", "ms": f"{one['ms']:,.0f}"}
    return done | {"Asked": label(one.get("asked", ""), 200), "Failed": "yes" if one["is_wrong"] else ""}


def _request(one: Mapping[str, Any]) -> dict[str, object]:
    unpriced = int(one["cost"] is None and one["ended"] != "failed")
    about = "about " if one["is_estimated"] else ""
    return {
        "Model": label(one["model"]),
        "Read": f"{about}{one['prompt_tokens']:,}",
        "Written": f"{about}{one['completion_tokens']:,}",
        "Cost": cost_told(one["cost"] or 0.0, unpriced).replace("$", "\\$"),
        "ms": f"{one['ms']:,.0f}",
        "Ended": label(one["ended"]),
    }
