"""What questions took, as figures, bars and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from app.components.plain_text import shortened
from app.limits import cost_told, in_dollars
from indexes.audit_records import Day, ModelUse
from rag.inert import visible
from rag.types import counted

_LONGEST_NAME = 60


def show_totals(days: Sequence[Day]) -> None:
    """Four figures of all these days."""
    figures = {
        "Questions": f"{sum(day.questions for day in days):,}",
        "Not found": f"{sum(day.refused for day in days):,}",
        "Tokens": f"{sum(day.tokens for day in days):,}",
        "Cost": in_dollars(sum(day.dollars for day in days)),
    }
    for column, (name, figure) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(name, figure)
    if n := sum(day.unpriced for day in days):
        st.caption(f"The price of {counted(n, 'request')} is not known, and not in the cost.")


def show_budgets(told: Sequence[str]) -> None:
    """What is left of today's, where there are any."""
    if told:
        st.markdown(f"**Today** (until midnight UTC): {visible('; '.join(told))}.".replace("$", r"\$"))


def show_days(days: Sequence[Day], n: int, today: float) -> None:
    """The last `n` days as bars, and those on which something was asked as a table, the latest first."""
    last = datetime.fromtimestamp(today, UTC).date()
    dates = [last - timedelta(days=back) for back in reversed(range(n))]
    has_tokens = any(day.tokens for day in days)
    figures = {day.date: day.tokens if has_tokens else day.questions for day in days}
    name = "Tokens" if has_tokens else "Questions"
    bars = {"Day": dates, name: [figures.get(one.isoformat(), 0) for one in dates]}
    st.bar_chart(bars, x="Day", y=name, height=220)
    st.dataframe([_day_row(day) for day in reversed(days)], hide_index=True, width="stretch")


def show_models(uses: Sequence[ModelUse]) -> None:
    """A row for each model; nothing where none was asked."""
    if uses:
        st.subheader("By model", anchor=False)
        st.dataframe([_model_row(use) for use in uses], hide_index=True, width="stretch")


def _day_row(day: Day) -> dict[str, object]:
    counts = {"Day": day.date, "Questions": day.questions, "Not found": day.refused, "Tokens": f"{day.tokens:,}"}
    return counts | {"Cost": cost_told(day.dollars, day.unpriced)}


def _model_row(use: ModelUse) -> dict[str, object]:
    return {
        "Model": shortened(use.model, _LONGEST_NAME),
        "Requests": use.requests,
        "Tokens read": f"{use.prompt_tokens:,}",
        "Tokens written": f"{use.completion_tokens:,}",
        "Cost": cost_told(use.dollars, use.unpriced),
    }
