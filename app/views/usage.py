"""The usage page: what questions took on the last days, and what is left of today's budgets."""

from __future__ import annotations

import streamlit as st

from app.components import feedback_tables, kept, usage_tables
from app.components.resources import workspace
from indexes.audit_log import DAY_S, midnight
from rag.rights import LOCAL

_DAYS = 30
_LAST_DOWN = 20

log = workspace().audit
today = midnight(log.clock())
days = log.per_day(today - (_DAYS - 1) * DAY_S)
st.title("Usage", anchor=False)
usage_tables.show_budgets(workspace().limits, LOCAL)
if days:
    st.caption(f"The last {_DAYS} days, in UTC. Costs are by list prices.")
    usage_tables.show_totals(days)
    usage_tables.show_days(days, _DAYS, today)
    usage_tables.show_models(log.per_model(today - (_DAYS - 1) * DAY_S))
else:
    st.markdown(f"**Nothing was asked in the last {_DAYS} days.** What questions and chat models take is counted here.")
feedback = workspace().library.catalogue.feedback
feedback_tables.show_days(feedback.per_day(today - (_DAYS - 1) * DAY_S), _DAYS, today)
feedback_tables.show_down(feedback.all(down_only=True, most=_LAST_DOWN), with_words=kept.is_kept())
if not log.file.is_kept:
    st.caption("This home is closed to writing: what is asked now is counted until the app ends.")
