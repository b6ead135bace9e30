"""The usage page: what questions took on the last days, and what is left of today's budgets."""

from __future__ import annotations

import streamlit as st

from app.components import feedback_tables, kept, usage_tables
from app.components.resources import personal
from indexes.audit_log import DAY_S

_DAYS = 30
_LAST_DOWN = 20

usage = personal().usage
today = usage.today()
days = usage.per_day(today - (_DAYS - 1) * DAY_S)
st.title("Usage", anchor=False)
usage_tables.show_budgets(usage.budgets())
if days:
    st.caption(f"The last {_DAYS} days, in UTC. Costs are by list prices.")
    usage_tables.show_totals(days)
    usage_tables.show_days(days, _DAYS, today)
    usage_tables.show_models(usage.per_model(today - (_DAYS - 1) * DAY_S))
else:
    st.markdown(f"**Nothing was asked in the last {_DAYS} days.** What questions and chat models take is counted here.")
feedback_tables.show_days(usage.ratings(today - (_DAYS - 1) * DAY_S), _DAYS, today)
feedback_tables.show_down(usage.rated_down(_LAST_DOWN), with_words=kept.is_kept())
if not usage.is_kept:
    st.caption("This home is closed to writing: what is asked now is counted until the app ends.")
