"""What was asked, by whom and what came of it: looked for, a page at a time, opened and saved as a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from app import audit_export
from app.components import audit_detail, audit_filter
from app.components.columns import head, written
from app.components.plain_text import shortened
from app.components.resources import audit_search, personal
from app.limits import cost_told
from app.words import msgid, numeral, time_of, tr, trn
from indexes.audit_log import written_at
from indexes.audit_search import AuditFilter, AuditRow, AuditSearch

_AT_ONCE = 50
_MOST_COUNTED = 10_000
_MOST_SAVED = 20_000
_HASH = 12
_LONGEST = 200
_PAGED, _STARTS, _OPENED = "audit-paged", "audit-starts", "audit-opened"
_KEPT_S = 60
_WIDTHS = {"When": 130, "Question": 330, "Person": 90, "Outcome": 85}
"""Of columns, in pixels; the others are as wide as what stands in them."""

_View = tuple[AuditFilter, int]
"""What is looked for, and how many rows stand before the first that is shown."""


def show() -> None:
    """Filters, the table, and all that is kept of the question that is marked in it."""
    search, opened = audit_search(), personal()
    wanted = audit_filter.show(search, opened.catalogue, has_texts=opened.settings.audit == "texts")
    latest = search.latest()
    with st.spinner(tr("Looking through what was asked")):
        n = _count(search, wanted, latest)
    if not n:
        st.info(tr("Nothing that was asked fits.") if latest else tr("Nothing was asked yet."))
        return
    starts = _starts(wanted)
    with st.spinner(tr("Looking through what was asked")):
        rows = _page(search, wanted, starts[-1] if starts else None, latest)
    first = len(starts) * _AT_ONCE
    with st.container(key="audit-head", horizontal=True, vertical_alignment="center", gap="small"):
        _turner(rows, starts, has_more=n > _MOST_COUNTED or first + len(rows) < n)
        _saving(search, wanted)
        st.markdown(_counted(first, len(rows), n), width="content")  # at the right the table's own tools come up
    _open_marked(search, rows, (wanted, first))


def _counted(first: int, n_rows: int, n: int) -> str:
    """Which of how many are shown."""
    start, end, most = numeral(first + 1), numeral(first + n_rows), numeral(_MOST_COUNTED)
    if n > _MOST_COUNTED:
        return tr("{start} to {end} of more than {most} questions", start=start, end=end, most=most)
    return trn(n, "{start} to {end} of {n} question", "{start} to {end} of {n} questions", start=start, end=end)


def _starts(wanted: AuditFilter) -> list[AuditRow]:
    """The last rows of the pages before this one; another filter begins anew."""
    if st.session_state.get(_PAGED) != wanted:
        st.session_state[_PAGED], st.session_state[_STARTS] = wanted, []
    starts: list[AuditRow] = st.session_state[_STARTS]
    return starts


def _turner(rows: Sequence[AuditRow], starts: list[AuditRow], *, has_more: bool) -> None:
    icon = ":material/chevron_left:"
    st.button(tr("Newer"), key="audit-newer", icon=icon, disabled=not starts, on_click=_turn, args=(starts[:-1],))
    older = [*starts, *rows[-1:]]
    icon = ":material/chevron_right:"
    st.button(tr("Older"), key="audit-older", icon=icon, disabled=not has_more, on_click=_turn, args=(older,))


def _turn(starts: list[AuditRow]) -> None:
    st.session_state[_STARTS] = starts


def _saving(search: AuditSearch, wanted: AuditFilter) -> None:
    """Made when it is wanted, and not before."""
    with st.popover(tr("Save"), icon=":material/download:"):
        most = numeral(_MOST_SAVED)
        st.caption(
            tr("All that fit, the latest {most} of more; `python -m app audit --json` knows no limit.", most=most)
        )
        for name, make, kind in (("CSV", audit_export.as_csv, "csv"), ("JSON", audit_export.as_json_lines, "jsonl")):
            st.download_button(
                name,
                lambda make=make: make(search.each(wanted, _MOST_SAVED)),  # type: ignore[misc]
                file_name=f"footnote-audit.{kind}",
                mime="text/csv" if kind == "csv" else "application/jsonl",
                key=f"audit-save-{kind}",
                on_click="ignore",
            )


def _open_marked(search: AuditSearch, rows: Sequence[AuditRow], view: _View) -> None:
    """Other rows make another table: a mark would stay at its place, where by now another question may stand."""
    columns, ids = _columns(rows), [row.id for row in rows]
    key, opened = f"audit-{hash((*view, *ids))}", _opened(view)
    st.dataframe(
        written(columns, {"When": time_of, "Seconds": partial(numeral, decimals=1)}),
        key=key,
        hide_index=True,
        on_select=partial(_mark, key, view, ids),  # with the rows that a person has seen
        selection_default={"selection": {"rows": [row for row, id in enumerate(ids) if id == opened]}},
        selection_mode="single-row",
        placeholder="",
        alt=tr("What was asked"),
        column_config={name: head(name, _WIDTHS.get(name)) for name in columns},
    )
    if opened is None:
        st.caption(tr("Mark a question to see all that is kept of it."))
        return
    found = search.whole(opened)
    if found is not None:
        audit_detail.show(found)


def _mark(key: str, view: _View, ids: Sequence[int]) -> None:
    """Note the question itself: its row moves when others are asked. Rows that no page would send are none."""
    rows = st.session_state[key]["selection"]["rows"]
    there = (ids[row] for row in rows if isinstance(row, int) and 0 <= row < len(ids))
    st.session_state[_OPENED] = view, next(there, None)


def _opened(view: _View) -> int | None:
    """The id of the question that was marked in this view, if one is; another filter or page begins without."""
    seen, opened = st.session_state.get(_OPENED, (None, None))
    return opened if seen == view else None


def _columns(rows: Sequence[AuditRow]) -> dict[str, list[Any]]:
    """Column name -> cells; what no row has is left out."""
    columns: dict[str, list[Any]] = {
        msgid("When"): [written_at(row.at) for row in rows],
        msgid("Question"): [shortened(row.question, _LONGEST) or _hash(row) for row in rows],
        msgid("Person"): [shortened(row.user, _LONGEST) for row in rows],
        msgid("Outcome"): [_outcome(row) for row in rows],
        msgid("Model"): [shortened(row.model or row.asked_model, 60) for row in rows],
        msgid("Tokens"): [row.tokens or None for row in rows],
        msgid("Cost"): [cost_told(row.dollars, row.n_unpriced) if row.n_requests else None for row in rows],
        msgid("Seconds"): [round(row.ms / 1000, 1) for row in rows],
    }
    return {name: cells for name, cells in columns.items() if any(cells)}


def _outcome(row: AuditRow) -> str:
    said = audit_filter.OUTCOMES.get(row.outcome, row.outcome)
    return tr(said)


def _hash(row: AuditRow) -> str:
    return tr("hash {start}", start=row.question_sha256[:_HASH])


@st.cache_data(ttl=_KEPT_S, max_entries=100, show_spinner=False)
def _page(
    _search: AuditSearch,
    wanted: AuditFilter,
    after: AuditRow | None,
    latest: int,  # noqa: ARG001 - another one makes it be looked for again
) -> list[AuditRow]:
    return _search.page(wanted, _AT_ONCE, after)


@st.cache_data(ttl=_KEPT_S, max_entries=100, show_spinner=False)
def _count(_search: AuditSearch, wanted: AuditFilter, latest: int) -> int:  # noqa: ARG001 - as above
    return _search.count(wanted, _MOST_COUNTED + 1)
