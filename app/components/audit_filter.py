"""Which questions of the audit log are shown: by words, person, outcome, model, document and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import streamlit as st

from app.personal_catalogue import PersonalCatalogue
from indexes.audit_search import MOST_DOCUMENTS, AuditFilter, AuditSearch
from indexes.document_list import DocumentFilter

OUTCOMES: Mapping[str, str] = {
    "quoted": "Quoted",
    "written": "Written",
    "refused": "Not found",
    "filtered": "Withheld",
    "stopped": "Stopped",
    "failed": "Failed",
    "asked": "Not ended",
}
"""Outcome -> what a person calls it."""
_LONGEST = 500
_HASH = 64
_FEWEST = 2


def show(search: AuditSearch, catalogue: PersonalCatalogue, *, has_texts: bool) -> AuditFilter:
    """A row of choices. `has_texts`: whether words of what is asked are kept."""
    with st.container(key="audit-filter", horizontal=True, gap="small"):
        words = _text(
            "Words", "Words of question or answer" if has_texts else "Whole question, or a hash", "audit-words"
        )
        document = _text("Document", "Cited document", "audit-document")
        user = _choice("Person", "All people", search.users(), "audit-user")
        outcome = _choice("Outcome", "Any outcome", list(OUTCOMES.values()), "audit-outcome")
        model = _choice("Model", "All models", search.models(), "audit-model")
        days: tuple[date, ...] = st.date_input(
            "Days",
            value=[],
            key="audit-days",
            label_visibility="collapsed",
            width=215,
        )
    since, until = _moments(days)
    if words and not has_texts:
        st.caption(
            "Words are not kept (FOOTNOTE_AUDIT): a question or an answer is found by the whole of it, or its hash."
        )
    return AuditFilter(
        user=user,
        since=since,
        until=until,
        outcome=next((name for name, said in OUTCOMES.items() if said == outcome), ""),
        model=model,
        sha256=_hashes(catalogue, document) if document else None,
        words=words,
    )


def _text(name: str, hint: str, key: str) -> str:
    found = st.text_input(name, key=key, placeholder=hint, label_visibility="collapsed", width=230, max_chars=_LONGEST)
    return str(found).strip()


def _choice(name: str, hint: str, options: Sequence[str], key: str) -> str:
    """What was chosen; nothing where there are not two to choose between."""
    chosen = st.session_state.get(key)
    if len(options) < _FEWEST and chosen is None:
        return ""
    if chosen is not None and chosen not in options:  # the last of its rows is gone
        st.session_state[key] = None
    return (
        st.selectbox(name, options, index=None, key=key, placeholder=hint, label_visibility="collapsed", width=150)
        or ""
    )


def _moments(days: Sequence[date]) -> tuple[float, float]:
    """From the beginning of the first day to the end of the last one, UTC; of one day alone until now."""
    if not days:
        return 0.0, float("inf")
    ends = days[1] + timedelta(days=1) if len(days) > 1 else None
    return _midnight(days[0]), _midnight(ends) if ends else float("inf")


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _hashes(catalogue: PersonalCatalogue, text: str) -> tuple[str, ...]:
    """Of the documents that have these words in name or title, since the log knows them by their bytes; of many the
    newest, which is said."""
    if len(text) == _HASH and text.isalnum():
        return (text.lower(),)
    fits = DocumentFilter(words=text)
    records = catalogue.listed.page(fits, "newest", 0, MOST_DOCUMENTS)
    if (n := catalogue.listed.count(fits)) > len(records):
        st.caption(f"{n:,} documents have these words: the newest {len(records)} of them are looked for.")
    elif not n:
        st.caption("No document has these words in its name or title; one that was removed is found by its SHA-256.")
    return tuple(dict.fromkeys(record.sha256 for record in records))
