"""What was asked, by whom and what came of it: looked for, a page at a time, opened and saved as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app import audit_export
from app.components import audit_detail, audit_filter
from app.components.plain_text import shortened
from app.components.resources import audit_search, personal
from app.limits import cost_told
from indexes.audit_log import written_at
from indexes.audit_search import AuditFilter, AuditRow, AuditSearch
from rag.types import counted

_AT_ONCE = 50
_MOST_COUNTED = 10_000
_MOST_SAVED = 20_000
_HASH = 12
_LONGEST = 200
_PAGED, _STARTS = "audit-paged", "audit-starts"
_KEPT_S = 60


def show() -> None:
    """Filters, the table, and all that is kept of the question that is marked in it."""
    search, opened = audit_search(), personal()
    wanted = audit_filter.show(search, opened.catalogue, has_texts=opened.settings.audit == "texts")
    latest = search.latest()
    n = _count(search, wanted, latest)
    if not n:
        st.info("Nothing that was asked fits." if latest else "Nothing was asked yet.")
        return
    starts = _starts(wanted)
    rows = _page(search, wanted, starts[-1] if starts else None, latest)
    more = n > _MOST_COUNTED
    first = len(starts) * _AT_ONCE
    with st.container(key="audit-head", horizontal=True, vertical_alignment="center", gap="small"):
        of = f"more than {_MOST_COUNTED:,} questions" if more else counted(n, "question")
        st.markdown(f"{first + 1:,} to {first + len(rows):,} of {of}", width="stretch")
        _turner(rows, starts, has_more=more or first + len(rows) < n)
        _saving(search, wanted)
    _open_marked(search, rows, f"audit-{hash((wanted, first))}")


def _starts(wanted: AuditFilter) -> list[AuditRow]:
    """The last rows of the pages before this one; another filter begins anew."""
    if st.session_state.get(_PAGED) != wanted:
        st.session_state[_PAGED], st.session_state[_STARTS] = wanted, []
    starts: list[AuditRow] = st.session_state[_STARTS]
    return starts


def _turner(rows: Sequence[AuditRow], starts: list[AuditRow], *, has_more: bool) -> None:
    icon = ":material/chevron_left:"
    st.button("Newer", key="audit-newer", icon=icon, disabled=not starts, on_click=_turn, args=(starts[:-1],))
    older = [*starts, *rows[-1:]]
    icon = ":material/chevron_right:"
    st.button("Older", key="audit-older", icon=icon, disabled=not has_more, on_click=_turn, args=(older,))


def _turn(starts: list[AuditRow]) -> None:
    st.session_state[_STARTS] = starts


def _saving(search: AuditSearch, wanted: AuditFilter) -> None:
    """Made when it is wanted, and not before."""
    with st.popover("Save", icon=":material/download:"):
        st.caption(f"All that fit, the latest {_MOST_SAVED:,} of more; `python -m app audit --json` knows no limit.")
        for name, make, kind in (("CSV", audit_export.as_csv, "csv"), ("JSON", audit_export.as_json_lines, "jsonl")):
            st.download_button(
                name,
                lambda make=make: make(search.each(wanted, _MOST_SAVED)),  # type: ignore[misc]
                file_name=f"footnote-audit.{kind}",
                mime="text/csv" if kind == "csv" else "application/jsonl",
                key=f"audit-save-{kind}",
                on_click="ignore",
            )


def _open_marked(search: AuditSearch, rows: Sequence[AuditRow], key: str) -> None:
    drawn = st.dataframe(
        _columns(rows),
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        alt="What was asked",
        column_config={
            "When (UTC)": st.column_config.TextColumn(width=130),
            "Question": st.column_config.TextColumn(width=330),
            "Person": st.column_config.TextColumn(width=90),
            "Outcome": st.column_config.TextColumn(width=85),
        },
    )
    marked = drawn["selection"]["rows"]
    if not marked:
        st.caption("Mark a question to see all that is kept of it.")
        return
    found = search.whole(rows[marked[0]].id)
    if found is not None:
        audit_detail.show(found)


def _columns(rows: Sequence[AuditRow]) -> dict[str, list[Any]]:
    """Column name -> cells; what no row has is left out."""
    columns: dict[str, list[Any]] = {
        "When (UTC)": [written_at(row.at)[:16].replace("T", " ") for row in rows],
        "Question": [shortened(row.question, _LONGEST) or f"hash {row.question_sha256[:_HASH]}" for row in rows],
        "Person": [shortened(row.user, _LONGEST) for row in rows],
        "Outcome": [audit_filter.OUTCOMES.get(row.outcome, row.outcome) for row in rows],
        "Model": [shortened(row.model or row.asked_model, 60) for row in rows],
        "Tokens": [row.tokens or None for row in rows],
        "Cost": [cost_told(row.dollars, row.n_unpriced) if row.n_requests else None for row in rows],
        "Seconds": [round(row.ms / 1000, 1) for row in rows],
    }
    return {name: cells for name, cells in columns.items() if any(cells)}


@st.cache_data(ttl=_KEPT_S, max_entries=100, show_spinner="Looking through what was asked")
def _page(
    _search: AuditSearch,
    wanted: AuditFilter,
    after: AuditRow | None,
    latest: int,  # noqa: ARG001 - another one makes it be looked for again
) -> list[AuditRow]:
    return _search.page(wanted, _AT_ONCE, after)


@st.cache_data(ttl=_KEPT_S, max_entries=100, show_spinner="Looking through what was asked")
def _count(_search: AuditSearch, wanted: AuditFilter, latest: int) -> int:  # noqa: ARG001 - as above
    return _search.count(wanted, _MOST_COUNTED + 1)
