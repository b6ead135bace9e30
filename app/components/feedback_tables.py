"""What people said of answers, as bars and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from app.components.plain_text import shortened
from indexes.audit_log import written_at
from indexes.feedback import REASONS, FeedbackDay, FeedbackRecord

_LONGEST_NAME, _LONGEST_TEXT = 60, 300


def show_days(days: Sequence[FeedbackDay], n: int, today: float) -> None:
    """Thumbs of the last `n` days as bars, and as a table by reason, the latest first; nothing where none was given."""
    if not days:
        return
    st.header("Ratings", anchor=False)
    last, given = datetime.fromtimestamp(today, UTC).date(), {day.date: (day.up, day.down) for day in days}
    dates = [last - timedelta(days=back) for back in reversed(range(n))]
    up, down = zip(*(given.get(one.isoformat(), (0, 0)) for one in dates), strict=True)
    bars = {"Day": dates, "Up": up, "Down": down}
    st.bar_chart(bars, x="Day", y=["Up", "Down"], y_label="Answers", height=260, color=["#2e9e6b", "#d2603a"])
    st.dataframe([_day_row(day) for day in reversed(days)], hide_index=True, width="stretch")


def show_down(records: Sequence[FeedbackRecord], *, with_words: bool) -> None:
    """The answers that were rated down last. `with_words`: questions and comments, too, where these are kept."""
    if not records:
        return
    st.header("Rated down last", anchor=False)
    st.dataframe([_row(one, with_words=with_words) for one in records], hide_index=True, width="stretch")


def _day_row(day: FeedbackDay) -> dict[str, object]:
    reasons = zip(REASONS, day.reasons, strict=True)
    return {"Day": day.date, "Up": day.up, "Down": day.down} | {name.capitalize(): n for name, n in reasons if n}


def _row(one: FeedbackRecord, *, with_words: bool) -> dict[str, object]:
    told = {"When (UTC)": written_at(one.at)[:16].replace("T", " "), "Why": ", ".join(one.rating.reasons)}
    if with_words:
        told |= {"Question": shortened(one.question, _LONGEST_TEXT), "Comment": one.rating.comment}
    kind = "refused" if one.refused else "quoted" if not one.model else shortened(one.model, _LONGEST_NAME)
    return told | {"Answer": kind, "Seconds": round(one.ms / 1000, 1)}
