"""Which questions of the audit log are shown: by words, person, outcome, model, document and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import streamlit as st

from app.components.narrowing import choice
from app.personal_catalogue import PersonalCatalogue
from app.words import msgid, numeral, start_of, tr, trn
from indexes.audit_search import MOST_DOCUMENTS, AuditFilter, AuditSearch
from indexes.document_list import DocumentFilter

OUTCOMES: Mapping[str, str] = {
    "quoted": msgid("Quoted"),
    "written": msgid("Written"),
    "refused": msgid("Not found"),
    "filtered": msgid("Withheld"),
    "stopped": msgid("Stopped"),
    "failed": msgid("Failed"),
    "asked": msgid("Not ended"),
}
"""Outcome -> what a person calls it."""
_LONGEST = 500
_HASH = 64
_WIDTH = 150


def show(search: AuditSearch, catalogue: PersonalCatalogue, *, has_texts: bool) -> AuditFilter:
    """A row of choices. `has_texts`: whether words of what is asked are kept."""
    with st.container(key="audit-filter", horizontal=True, gap="small"):
        hint = tr("Words of question or answer") if has_texts else tr("Whole question, or a hash")
        words = _text(tr("Words"), hint, "audit-words")
        document = _text(tr("Document"), tr("Cited document"), "audit-document")
        user = choice(tr("Person"), tr("All people"), search.users(), "audit-user", width=_WIDTH) or ""
        outcome = choice(
            tr("Outcome"), tr("Any outcome"), list(OUTCOMES.values()), "audit-outcome", shown=tr, width=_WIDTH
        )
        model = choice(tr("Model"), tr("All models"), search.models(), "audit-model", width=_WIDTH) or ""
        days: tuple[date, ...] = st.date_input(
            tr("Days"),
            value=[],
            key="audit-days",
            format=tr("YYYY/MM/DD"),
            label_visibility="collapsed",
            width=250,
        )
    since, until = _moments(days)
    if not has_texts:
        st.caption(
            tr(
                "Questions are not kept in words, at most as hashes: `FOOTNOTE_AUDIT=texts` keeps the words of those "
                "that are asked from then on. A question or an answer is found by the whole of it, or its hash."
            )
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


def _moments(days: Sequence[date]) -> tuple[float, float]:
    """From the first day, as it begins where the reader is, to the end of the last one; of one day alone until now."""
    if not days:
        return 0.0, float("inf")
    ends = days[1] + timedelta(days=1) if len(days) > 1 else None
    return start_of(days[0]), start_of(ends) if ends else float("inf")


def _hashes(catalogue: PersonalCatalogue, text: str) -> tuple[str, ...]:
    """Of the documents that have these words in name or title, since the log knows them by their bytes; of many the
    newest, which is said."""
    if len(text) == _HASH and text.isalnum():
        return (text.lower(),)
    fits = DocumentFilter(words=text)
    records = catalogue.listed.page(fits, "newest", 0, MOST_DOCUMENTS)
    if (n := catalogue.listed.count(fits)) > len(records):
        some = numeral(len(records))
        st.caption(
            trn(
                n,
                "{n} document has these words: the newest {some} of them are looked for.",
                "{n} documents have these words: the newest {some} of them are looked for.",
                some=some,
            )
        )
    elif not n:
        st.caption(
            tr("No document has these words in its name or title; one that was removed is found by its SHA-256.")
        )
    return tuple(dict.fromkeys(record.sha256 for record in records))
