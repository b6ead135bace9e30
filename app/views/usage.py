"""The usage page: what questions took on the last days, and what is left of today's budgets."""

from __future__ import annotations

import streamlit as st

from app.components import feedback_tables, kept, usage_choice, usage_tables
from app.components.resources import personal
from app.words import tr, trn
from indexes.audit_log import DAY_S

_LAST_DOWN = 20

usage = personal().usage
st.title(tr("Usage"), anchor=False)
usage_tables.show_budgets(usage.budgets())
usage_tables.show_left(usage.left_today())
n_days, of = usage_choice.show(usage.people())
today = usage.today()
since = today - (n_days - 1) * DAY_S
days, ratings = usage.per_day(since, of), usage.ratings(since, of)
if days or ratings:  # budgets are of days in UTC, and so are these
    st.caption(
        trn(
            n_days,
            "The last {n} day, in UTC. Costs are by list prices.",
            "The last {n} days, in UTC. Costs are by list prices.",
        )
    )
if days:
    usage_tables.show_totals(days)
    usage_tables.show_days(days, usage.times(since, of), n_days, today)
    usage_tables.show_models(usage.per_model(since, of))
else:
    st.markdown(
        trn(
            n_days,
            "**Nothing was asked in the last {n} day.** What questions and chat models take is counted here.",
            "**Nothing was asked in the last {n} days.** What questions and chat models take is counted here.",
        )
    )
feedback_tables.show_days(ratings, n_days, today)
feedback_tables.show_down(usage.rated_down(_LAST_DOWN, of), with_words=kept.is_kept())
if not usage.is_kept:
    st.caption(tr("This home is closed to writing: what is asked now is counted until the app ends."))
