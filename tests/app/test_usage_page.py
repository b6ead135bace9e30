"""The usage page, as a person opens it from the navigation."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from babel.dates import format_skeleton
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from app.personal_usage import PersonalUsage
from app.wiring import Workspace
from indexes.audit_log import DAY_S, AuditLog
from indexes.audit_records import Ended, Sent
from rag.rights import Person, Role
from rag.settings import Settings

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


def usage() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/usage.py").run()
    assert not page.exception
    assert not page.error
    return page


def test_where_nothing_was_asked_it_says_so(home: Path):
    assert home.exists()
    page = usage()
    assert page.markdown[-1].value.startswith("**Nothing was asked in the last 30 days.**")
    assert not page.dataframe


def test_it_adds_up_what_was_asked(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_DAILY_TOKENS", "10000")
    monkeypatch.setenv("FOOTNOTE_USER_DAILY_DOLLARS", "0.5")
    log = AuditLog(home, days=90)
    now = time.time()
    sent = Sent(now, "gpt-4o", "", "", "", 1_000, 200, is_estimated=False, cost=0.0045, ms=1.0, ended="stop")
    log.end(log.begin("local"), Ended("refused", 1.0))
    log.sent(log.begin("local"), "local", sent)
    log.sent(log.begin("local"), "local", replace(sent, at=now - 40 * DAY_S))
    log.sent(log.begin("local"), "local", replace(sent, at=now - DAY_S, model="my$own$model", cost=None))
    log.close()
    page = usage()
    assert {metric.label: metric.value for metric in page.metric} == {
        "Questions": "4",
        "Not found": "1",
        "Tokens": "2,400",
        "Cost": "$0.0045",
    }
    days, models = (table.value for table in page.dataframe)
    assert days["Tokens"].tolist() == ["1,200", "1,200"]
    assert days["Cost"].tolist() == ["$0.0045", "unknown"]
    assert dict(zip(models["Model"], models["Cost"], strict=True)) == {"gpt-4o": "$0.0045", "my$own$model": "unknown"}
    said = page.markdown[0].value
    assert r"1,200 of 10,000 tokens; \$0.0045 of \$0.50 by local." in said
    assert any("The price of 1 request is not known" in caption.value for caption in page.caption)
    page.button_group(key="usage-drawn").set_value("Cost").run()
    (bars,) = page.get("vega_lite_chart")
    drawn = convert_arrow_bytes_to_pandas_df(bars.proto.data.data)
    assert set(drawn["line"]) == {"US dollars"}
    assert drawn["n"].tolist() == [*[0] * 29, 0.0045]


def test_a_log_that_cannot_be_read_is_told_in_a_sentence(home: Path):
    (home / "audit.sqlite").write_bytes(b"This is no database. " * 100)
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/usage.py").run()
    assert not page.exception
    assert "move it away, and a new one is begun" in page.error[0].value


def test_the_days_and_the_person_are_chosen_by_an_admin(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_USER_DAILY_TOKENS", "1000")
    now = [time.time() - 60 * DAY_S]
    log = AuditLog(home, days=90, clock=lambda: now[0])
    sent = Sent(time.time(), "gpt-4o", "", "", "", 200, 100, is_estimated=False, cost=None, ms=1.0, ended="stop")
    log.end(log.begin("ann"), Ended("quoted", 1_000.0))
    now[0] = time.time()
    log.end(log.begin("ann"), Ended("quoted", 3_000.0))
    log.end(log.begin("bo"), Ended("refused", 5_000.0))
    log.sent(log.begin("bo"), "bo", sent)
    log.close()
    page = usage()
    figures = {metric.label: metric.value for metric in page.metric}
    assert (figures["Questions"], figures["Not found"]) == ("3", "1")
    left, days = (table.value for table in page.dataframe[:2])
    assert left["Who"].tolist() == ["All together", "bo", "ann"]
    assert left["Tokens left"].tolist() == ["no limit", "700 of 1,000", "1,000 of 1,000"]
    assert days["Median, s"].tolist() == [3.0]
    assert days["95th percentile, s"].tolist() == [5.0]
    columns = json.loads(page.dataframe[1].proto.columns)
    assert columns["Median, s"]["help"] == "Half of the day’s answers came within so many seconds"
    assert columns["95th percentile, s"]["help"] == "95 of 100 answers of the day came within so many seconds"
    assert json.loads(page.get("vega_lite_chart")[0].proto.spec)["encoding"]["y"]["axis"] == {"tickMinStep": 1}
    page.button_group(key="usage-days").set_value("90 days").run()
    assert {metric.label: metric.value for metric in page.metric}["Questions"] == "4"
    page.selectbox(key="usage-person").select("ann").run()
    assert {metric.label: metric.value for metric in page.metric}["Questions"] == "2"
    assert len(page.dataframe[1].value) == 2
    page.button_group(key="usage-drawn").set_value("Seconds").run()
    assert not page.exception
    assert "axis" not in json.loads(page.get("vega_lite_chart")[0].proto.spec)["encoding"]["y"]


def test_who_is_no_admin_sees_their_own_alone(home: Path):
    log = AuditLog(home, days=90)
    for user in ("ann", "bo"):
        log.end(log.begin(user), Ended("quoted", 1.0))
    log.close()
    workspace = Workspace(Settings(home=home))
    ann, admin = (PersonalUsage(workspace, Person("ann", role)) for role in (Role.EDITOR, Role.ADMIN))
    assert [day.questions for day in ann.per_day(0.0, "bo")] == [1]
    assert ([*ann.people()], ann.left_today()) == ([], [])
    assert [day.questions for day in admin.per_day(0.0)] == [2]
    assert [day.questions for day in admin.per_day(0.0, "bo")] == [1]
    assert admin.people() == ["ann", "bo"]
    workspace.close()


def test_bars_and_tables_have_days_and_numbers_of_the_language(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_LANGUAGE", "de")
    log = AuditLog(home, days=90)
    log.end(log.begin("ann"), Ended("quoted", 1_500.0))
    log.close()
    page = usage()
    (bars,) = page.get("vega_lite_chart")
    rows = convert_arrow_bytes_to_pandas_df(bars.proto.data.data)
    today = datetime.now(UTC).date()
    assert rows["day"].tolist()[-1] == format_skeleton("MMMd", today, locale="de")
    assert set(rows["line"]) == {"Beantwortet", "Nicht gefunden"}
    assert json.loads(bars.proto.spec)["config"]["locale"]["number"]["decimal"] == ","
