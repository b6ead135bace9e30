"""The usage page, as a person opens it from the navigation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from indexes.audit_log import DAY_S, AuditLog
from indexes.audit_records import Ended, Sent

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


def test_a_log_that_cannot_be_read_is_told_in_a_sentence(home: Path):
    (home / "audit.sqlite").write_bytes(b"This is no database. " * 100)
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/usage.py").run()
    assert not page.exception
    assert "move it away, and a new one is begun" in page.error[0].value
