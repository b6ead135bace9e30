"""What people said of answers, as bars and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st

from app import words
from app.components import day_bars
from app.components.columns import headed, written
from app.components.plain_text import shortened
from app.components.thumbs import capital
from app.words import msgid, numeral, time_of, tr
from indexes.audit_log import written_at
from indexes.feedback import REASONS, FeedbackDay, FeedbackRecord

_LONGEST_NAME, _LONGEST_TEXT = 60, 300


def show_days(days: Sequence[FeedbackDay], n: int, today: float) -> None:
    """Thumbs of the last `n` days as bars, and as a table by reason, the latest first; nothing where none was given."""
    if not days:
        return
    st.header(tr("Ratings"), anchor=False)
    last, given = datetime.fromtimestamp(today, UTC).date(), {day.date: (day.up, day.down) for day in days}
    dates = [last - timedelta(days=back) for back in reversed(range(n))]
    up, down = zip(*(given.get(one.isoformat(), (0, 0)) for one in dates), strict=True)
    day_bars.show(dates, {tr("Up"): up, tr("Down"): down}, ("#2e9e6b", "#d2603a"), tr("Answers"))
    rows, reasons = [_day_row(day) for day in reversed(days)], {name.capitalize(): capital(name) for name in REASONS}
    st.dataframe(
        written(rows, {"Day": words.day}), hide_index=True, width="stretch", column_config=headed(rows) | reasons
    )


def show_down(records: Sequence[FeedbackRecord], *, with_words: bool) -> None:
    """The answers that were rated down last. `with_words`: questions and comments, too. A column
    that would be empty is left out."""
    if not records:
        return
    st.header(tr("Rated down last"), anchor=False)
    rows = [_row(one, with_words=with_words) for one in records]
    empty = {name for name in ("Why", "Question", "Comment") if not any(row.get(name) for row in rows)}
    rows = [{name: cell for name, cell in row.items() if name not in empty} for row in rows]
    said = written(rows, {"When": time_of, "Seconds": partial(numeral, decimals=1)})
    st.dataframe(said, hide_index=True, width="stretch", column_config=headed(rows))


def _day_row(day: FeedbackDay) -> dict[str, object]:
    reasons = zip(REASONS, day.reasons, strict=True)
    thumbs = {msgid("Day"): day.date, msgid("Up"): day.up, msgid("Down"): day.down}
    return thumbs | {name.capitalize(): n for name, n in reasons if n}


def _row(one: FeedbackRecord, *, with_words: bool) -> dict[str, object]:
    told = {
        msgid("When"): written_at(one.at),
        msgid("Why"): ", ".join(map(tr, one.rating.reasons)),
    }
    if with_words:
        told |= {msgid("Question"): shortened(one.question, _LONGEST_TEXT), msgid("Comment"): one.rating.comment}
    kind = tr("refused") if one.refused else tr("quoted") if not one.model else shortened(one.model, _LONGEST_NAME)
    return told | {msgid("Answer"): kind, msgid("Seconds"): round(one.ms / 1000, 1)}
