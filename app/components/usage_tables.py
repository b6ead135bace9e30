"""What questions took, as figures, bars and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st

from app import words
from app.components import day_bars
from app.components.columns import head, headed, written
from app.components.plain_text import shortened
from app.limits import cost_told, in_dollars
from app.words import msgid, numeral, tr, trn
from indexes.audit_records import Day, DayTimes, ModelUse
from rag.inert import visible

_LONGEST_NAME = 60
_ALONE = 2
"""Rows of one person: theirs, and the one of all together."""
_SECONDS = msgid("Seconds")
_TIMES = {
    msgid("Median, s"): msgid("Half of the day’s answers came within so many seconds"),
    msgid("95th percentile, s"): msgid("95 of 100 answers of the day came within so many seconds"),
}
_COLOURS = ("#4353d9", "#d2603a")


def show_totals(days: Sequence[Day]) -> None:
    """Four figures of all these days."""
    figures = {
        tr("Questions"): numeral(sum(day.questions for day in days)),
        tr("Not found"): numeral(sum(day.refused for day in days)),
        tr("Tokens"): numeral(sum(day.tokens for day in days)),
        tr("Cost"): in_dollars(sum(day.dollars for day in days)),
    }
    with st.container(key="figures-of-usage"):
        for column, (name, figure) in zip(st.columns(len(figures)), figures.items(), strict=True):
            column.metric(name, figure)
    if n := sum(day.unpriced for day in days):
        st.caption(
            trn(
                n,
                "The price of {n} request is not known, and not in the cost.",
                "The price of {n} requests is not known, and not in the cost.",
            )
        )


def show_budgets(told: Sequence[str]) -> None:
    """What is left of today's, where there are any."""
    if told:
        line = tr("**Today** (until midnight UTC): {budgets}.", budgets=visible("; ".join(told)))
        st.markdown(line.replace("$", r"\$"))


def show_left(rows: Sequence[Mapping[str, str]]) -> None:
    """What everybody has taken today and may still take; one person alone is told above."""
    if len(rows) > _ALONE:
        with st.expander(tr("Today by person, and what is left"), icon=":material/group:"):
            st.dataframe([dict(row) for row in rows], hide_index=True, width="stretch", column_config=headed(rows))
            st.caption(
                tr("Until midnight UTC. Limits are FOOTNOTE_DAILY_… and FOOTNOTE_USER_DAILY_… among the settings.")
            )


@st.fragment  # what is drawn is chosen without a new look into the log
def show_days(days: Sequence[Day], times: Sequence[DayTimes], n: int, today: float) -> None:
    """The last `n` days drawn, and those on which something was asked as a table, the latest first."""
    last = datetime.fromtimestamp(today, UTC).date()
    dates = [last - timedelta(days=back) for back in reversed(range(n))]
    series = _series(days, times)
    name = st.segmented_control(
        tr("Drawn by day"), list(series), format_func=tr, key="usage-drawn", default="Questions", required=True
    )
    name = name if name in series else "Questions"
    values = {tr(line): [by_day.get(day.isoformat(), 0) for day in dates] for line, by_day in series[name].items()}
    is_timed = name == _SECONDS
    is_counted = name in ("Questions", "Tokens")
    day_bars.show(dates, values, _COLOURS, tr(name), is_layered=is_timed, is_counted=is_counted)
    took = {one.date: one for one in times}
    rows = [_day_row(day, took.get(day.date)) for day in reversed(days)]
    _table(rows)


def _series(days: Sequence[Day], times: Sequence[DayTimes]) -> dict[str, dict[str, dict[str, float]]]:
    """What can be drawn -> its lines -> day -> figure; without what was never anything but nothing."""
    questions = {msgid("Answered"): {day.date: day.questions - day.refused for day in days}}
    questions[msgid("Not found")] = {day.date: day.refused for day in days}
    found: dict[str, dict[str, dict[str, float]]] = {msgid("Questions"): questions}  # type: ignore[dict-item]
    found[msgid("Tokens")] = {"Tokens": {day.date: day.tokens for day in days}}
    found[msgid("Cost")] = {msgid("US dollars"): {day.date: day.dollars for day in days}}
    seconds = {msgid("Median"): {one.date: one.median_ms / 1000 for one in times}}
    found[_SECONDS] = seconds | {msgid("95th percentile"): {one.date: one.slow_ms / 1000 for one in times}}
    has_any = {name: any(any(by_day.values()) for by_day in lines.values()) for name, lines in found.items()}
    return {name: lines for name, lines in found.items() if has_any[name] or name == "Questions"}


def show_models(uses: Sequence[ModelUse]) -> None:
    """A row for each model; nothing where none was asked."""
    if uses:
        st.header(tr("By model"), anchor=False)
        rows = [_model_row(use) for use in uses]
        _table(rows)


def _table(rows: Sequence[Mapping[str, object]]) -> None:
    said = dict.fromkeys(_TIMES, partial(numeral, decimals=1)) | {"Day": words.day}
    heads = headed(rows) | {name: head(name, told=told) for name, told in _TIMES.items()}
    st.dataframe(written(rows, said), hide_index=True, width="stretch", column_config=heads)


def _day_row(day: Day, took: DayTimes | None) -> dict[str, object]:
    counts = {
        msgid("Day"): day.date,
        msgid("Questions"): day.questions,
        msgid("Not found"): day.refused,
        msgid("Tokens"): numeral(day.tokens),
    }
    seconds = (
        {
            "Median, s": round(took.median_ms / 1000, 1),
            "95th percentile, s": round(took.slow_ms / 1000, 1),
        }
        if took
        else {}
    )
    return counts | {msgid("Cost"): cost_told(day.dollars, day.unpriced)} | seconds


def _model_row(use: ModelUse) -> dict[str, object]:
    return {
        msgid("Model"): shortened(use.model, _LONGEST_NAME),
        msgid("Requests"): use.requests,
        msgid("Tokens read"): numeral(use.prompt_tokens),
        msgid("Tokens written"): numeral(use.completion_tokens),
        msgid("Cost"): cost_told(use.dollars, use.unpriced),
    }
