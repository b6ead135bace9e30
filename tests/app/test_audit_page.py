"""The audit part of the admin page: looked for, turned over, opened and saved; texts of questions stay texts."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import streamlit as st
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from app.audit_export import as_csv, as_json_lines
from app.components import audit_part, resources
from app.words import reader
from indexes.audit_log import AuditLog, digest_of
from indexes.audit_records import Ended, Sent
from indexes.audit_search import AuditFilter, AuditSearch
from ingest.loaders.decoding import decode
from rag.errors import InputError
from rag.rights import Person, Role

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuditLog]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_AUDIT", "texts")
    st.cache_resource.clear()
    st.cache_data.clear()
    opened = AuditLog(tmp_path, days=90)
    yield opened
    opened.close()
    st.cache_resource.clear()


def asked(log: AuditLog, user: str, question: str, **values: Any) -> int:  # noqa: ANN401 - fields of Ended
    number = log.begin(user)
    log.end(number, Ended(**({"outcome": "quoted", "ms": 120.0, "question": question} | values)))
    return number


def audit() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/admin.py").run()
    page = page.button_group(key="part").set_value("Audit").run()
    assert not page.exception
    return page


def questions(page: AppTest) -> list[str]:
    return [str(text) for text in page.dataframe[0].value["Question"]]


def test_where_nothing_was_asked_it_says_so(log: AuditLog):
    assert log
    assert [one.value for one in audit().info] == ["Nothing was asked yet."]


def test_filters_leave_what_fits(log: AuditLog):
    asked(log, "ann", "How many bees?")
    asked(log, "bo", "When is the lamp lit?", outcome="refused")
    page = audit()
    assert questions(page) == ["When is the lamp lit?", "How many bees?"]
    page.text_input(key="audit-words").input("BEES").run()
    assert questions(page) == ["How many bees?"]
    page.text_input(key="audit-words").input("").run()
    page.selectbox(key="audit-outcome").select("Not found").run()
    assert questions(page) == ["When is the lamp lit?"]
    page.selectbox(key="audit-user").select("ann").run()
    assert [one.value for one in page.info] == ["Nothing that was asked fits."]


def test_pages_are_turned_and_another_filter_begins_anew(log: AuditLog):
    for n in range(60):
        asked(log, "ann" if n % 2 else "bo", f"Question {n}?")
    page = audit()
    assert "1 to 50 of 60 questions" in [one.value for one in page.markdown]
    page.button(key="audit-older").click().run()
    assert questions(page) == [f"Question {n}?" for n in range(9, -1, -1)]
    assert page.button(key="audit-older").disabled
    page.selectbox(key="audit-user").select("ann").run()
    assert "1 to 30 of 30 questions" in [one.value for one in page.markdown]
    page.selectbox(key="audit-user").set_value(None).run()
    page.button(key="audit-older").click().run()
    page.button(key="audit-newer").click().run()
    assert questions(page)[0] == "Question 59?"


def test_the_question_that_was_clicked_is_opened_though_others_were_asked_meanwhile(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch
):
    marks: list[Callable[[], None]] = []
    drawn = st.dataframe
    monkeypatch.setattr(
        st, "dataframe", lambda *given, **named: (marks.append(named["on_select"]), drawn(*given, **named))
    )
    for text in ("First?", "Second?", "Third?"):
        asked(log, "ann", text)
    page = audit()
    seen, key = marks[-1], marks[-1].args[0]
    asked(log, "bo", "Meanwhile?")
    with monkeypatch.context() as patched:  # what a click on the second row leaves
        patched.setattr(st, "session_state", {key: {"selection": {"rows": [1]}}})
        seen()
        noted = st.session_state["audit-opened"]
    page.session_state["audit-opened"] = noted
    assert opened(page) == ["Second?"]
    assert questions(page)[0] == "Meanwhile?"
    assert marks[-1].args[0] != key, "a mark by place would stand at another row"
    asked(log, "bo", "Later?")
    assert opened(page) == ["Second?"]
    page.selectbox(key="audit-user").select("ann")
    assert opened(page) == []


def opened(page: AppTest) -> list[str]:
    """The question of the card below the table."""
    assert not page.run().exception
    return [one.value for one in page.text]


@pytest.mark.parametrize("rows", [[], [7], ["0"], [-1]])
def test_a_row_that_is_not_there_opens_nothing(monkeypatch: pytest.MonkeyPatch, rows: list[Any]):
    monkeypatch.setattr(st, "session_state", {"key": {"selection": {"rows": rows}}})
    audit_part._mark("key", (AuditFilter(), 0), [5, 6])
    assert audit_part._opened((AuditFilter(), 0)) is None


def test_days_and_times_are_those_of_who_looks(tmp_path: Path, log: AuditLog, monkeypatch: pytest.MonkeyPatch):
    assert log
    monkeypatch.setattr(reader, "zone_of_page", lambda: ZoneInfo("Asia/Kolkata"))
    late = datetime.now(UTC).replace(hour=22, minute=0, second=7) - timedelta(days=2)
    day = late.date() + timedelta(days=1)
    there = AuditLog(tmp_path, days=90, clock=late.timestamp)
    asked(there, "ann", "How many bees?")
    there.close()
    page = audit()
    for first, found in ((late.date(), []), (day, ["How many bees?"])):
        page.date_input(key="audit-days").set_value((first, first)).run()
        assert (questions(page) if page.dataframe else []) == found
    drawn = convert_arrow_bytes_to_pandas_df(page.dataframe[0].proto.arrow_data.styler.display_values)
    assert drawn["When"].tolist() == [f"{day} 03:30"]


def test_hashes_alone_are_told_as_such(log: AuditLog, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_AUDIT", "hashes")
    asked(log, "ann", "", question_sha256=digest_of("How many bees?"))
    asked(log, "ann", "", question_sha256=digest_of("Another?"))
    page = audit()
    assert "`FOOTNOTE_AUDIT=texts` keeps the words" in " ".join(one.value for one in page.caption), "before any search"
    page.text_input(key="audit-words").input("How many bees?").run()
    assert questions(page) == [f"hash {digest_of('How many bees?')[:12]}"]
    assert "by the whole of it, or its hash" in " ".join(one.value for one in page.caption)


def test_a_file_has_all_that_fits_and_runs_nothing(log: AuditLog):
    number = asked(log, "ann", "=cmd|' /C calc'!A0", cited=[{"sha256": "a" * 64, "source": "+bees.txt"}])
    log.sent(
        number, "ann", Sent(log.clock(), "m", "", "", "", 10, 5, is_estimated=False, cost=0.5, ms=3.0, ended="stop")
    )
    asked(log, "bo", "Another?")
    search = AuditSearch(log.file)
    first, second = csv.DictReader(StringIO(as_csv(search.each(AuditFilter(), 9))))
    assert first["question"] == "Another?"
    assert second["question"] == "'=cmd|' /C calc'!A0"
    assert (second["tokens"], second["dollars"], second["cited"]) == ("15", "0.5", "'+bees.txt")
    lines = as_json_lines(search.each(AuditFilter(user="ann"), 9)).splitlines()
    assert [json.loads(line)["user"] for line in lines] == ["ann"]
    assert json.loads(lines[0])["requests"][0]["cost"] == 0.5


def test_a_spreadsheet_reads_its_umlauts_and_so_do_we(log: AuditLog):
    asked(log, "Jörg", "Wie hoch ist die Miete für 5 m²?")
    data = as_csv(AuditSearch(log.file).each(AuditFilter(), 9)).encode()
    assert data.startswith(codecs.BOM_UTF8)
    (row,) = csv.DictReader(StringIO(decode(data)))
    assert (list(row)[0], row["user"], row["question"]) == ("at", "Jörg", "Wie hoch ist die Miete für 5 m²?")


def test_what_fits_is_handed_out_as_a_file_of_either_kind(log: AuditLog, offered: dict[str, Callable[[], Any]]):
    asked(log, "ann", "How many bees?")
    asked(log, "bo", "When is the lamp lit?")
    page = audit()
    page.text_input(key="audit-words").input("bees").run()
    (row,) = csv.DictReader(StringIO(offered["footnote-audit.csv"]()))
    assert (row["user"], row["question"]) == ("ann", "How many bees?")
    (line,) = offered["footnote-audit.jsonl"]().splitlines()
    assert json.loads(line)["question"] == "How many bees?"


def test_nobody_but_an_admin_searches_what_others_asked_or_mends(log: AuditLog, monkeypatch: pytest.MonkeyPatch):
    assert log
    monkeypatch.setattr(resources, "person", lambda: Person("eve", Role.EDITOR))
    with pytest.raises(InputError, match="an admin's business"):
        resources.audit_search()
    with pytest.raises(InputError, match="an admin's business"):
        resources.checkup()
