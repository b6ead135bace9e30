"""Questions in a minute, and tokens and money in a day, hold over processes; at their end nothing is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.chat_facts import ChatFacts
from app.chat_profiles import OPENAI
from app.detection import Found
from app.limits import Limits
from app.recording import Recorder
from indexes.audit_log import DAY_S, AuditLog, midnight
from indexes.audit_records import Sent
from rag.errors import InputError
from rag.settings import Settings
from rag.types import Answer, Turn
from tests.app.recording_home import QUESTION, TEXT, asking
from tests.fake_endpoint import DONE, event, says, streams

WRITTEN = says("It is 41 metres high. [1]")
NOON = 20_000 * DAY_S + DAY_S / 2
SENT = Sent(NOON, "tiny", "", "", "", 90, 10, is_estimated=False, cost=0.25, ms=1.0, ended="stop")


def log_of(home: Path, *requests: tuple[str, Sent]) -> AuditLog:
    """At noon, with requests of these users."""
    log = AuditLog(home, days=90, clock=lambda: NOON)
    for user, sent in requests:
        log.sent(log.begin(user), user, sent)
    return log


def why_not(log: AuditLog, user: str = "ada", **settings: float) -> str:
    said = Limits(log, replace(Settings(), **settings)).why_not(user)  # type: ignore[arg-type]
    log.close()
    return said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"daily_tokens": 200},
            "today's budget of 200 tokens is spent (200 were used), and starts anew at 00:00 UTC, in 12 hours",
        ),
        ({"daily_tokens": 201}, ""),
        (
            {"daily_dollars": 0.5},
            "today's budget of $0.50 is spent ($0.50 were used), and starts anew at 00:00 UTC, in 12 hours",
        ),
        ({"daily_dollars": 0.51}, ""),
        (
            {"user_daily_tokens": 100},
            "your budget for today of 100 tokens is spent (100 were used), and starts anew at 00:00 UTC, in 12 hours",
        ),
        ({"user_daily_tokens": 101}, ""),
        (
            {"user_daily_dollars": 0.25},
            "your budget for today of $0.25 is spent ($0.25 were used), and starts anew at 00:00 UTC, in 12 hours",
        ),
        ({}, ""),
    ],
)
def test_budgets_of_all_and_of_a_user(tmp_path: Path, settings: dict[str, float], said: str):
    assert why_not(log_of(tmp_path, ("ada", SENT), ("bob", SENT)), **settings) == said


def test_a_budget_starts_anew_at_midnight(tmp_path: Path):
    yesterday = replace(SENT, at=midnight(NOON) - 0.001)
    assert not why_not(log_of(tmp_path, ("ada", yesterday)), daily_tokens=100)
    assert why_not(log_of(tmp_path, ("ada", replace(SENT, at=midnight(NOON)))), daily_tokens=100)


def test_the_minutes_left_are_told(tmp_path: Path):
    log = log_of(tmp_path, ("ada", SENT))
    log.clock = lambda: midnight(NOON) + DAY_S - 61
    assert why_not(log, daily_tokens=100).endswith("in 2 minutes")


def test_a_spent_budget_quotes_the_documents_over_processes_and_asks_no_endpoint(tmp_path: Path):
    earlier = Turn(QUESTION, Answer(QUESTION, TEXT, (), (), (), trace=None))  # type: ignore[arg-type]
    budget = {"daily_tokens": 12, "query": "multi"}
    with asking(tmp_path, says("One?"), WRITTEN, **budget) as (workspace, endpoint):
        answer = workspace.answerer.ask(QUESTION)
        assert len(endpoint.requests) == 1  # the one about what to search for has spent it
        assert "41 metres" in answer.text
        assert "oday's budget of 12 tokens is spent (12 were used)" in answer.notice
    with asking(tmp_path, WRITTEN, **budget) as (workspace, endpoint):
        answer = workspace.answerer.ask("How high is it?", history=[earlier])
        assert not endpoint.requests
        assert (answer.model, answer.text) == ("", f"{TEXT} [1]")
        assert answer.notice.startswith("Today's budget of 12 tokens is spent (12 were used), and starts anew at 00:00")
        assert answer.notice.endswith(". The documents are quoted instead.")
        assert answer.notice.count("budget") == 1
        assert [row["outcome"] for row in workspace.audit.rows()] == ["quoted", "quoted"]


def test_a_budget_that_is_spent_within_a_summary_ends_its_requests(tmp_path: Path):
    text = "\n\n".join(
        f"# Part {n}\n\n" + f"The keeper of part {n} has {n} lamps and oils them. " * 30 for n in range(60)
    )
    with asking(tmp_path, says("- The keeper of part 1 has 1 lamps. [1]"), text=text, daily_tokens=24) as (
        workspace,
        endpoint,
    ):
        answer = workspace.answerer.ask("Summarise note.txt")
        assert len(endpoint.requests) == 2
    assert not answer.model
    assert answer.citations
    assert "Today's budget of 24 tokens is spent" in answer.notice


def test_tokens_that_an_endpoint_does_not_tell_are_estimated_and_paid_for(tmp_path: Path):
    silent = streams(event("It is 41 metres high. [1]"), event(finish_reason="stop"), DONE)
    with asking(tmp_path, silent, silent, chat_model="gpt-4o", daily_dollars=0.0001) as (workspace, endpoint):
        workspace.answerer  # noqa: B018 - opens the model
        for model in workspace._models:
            model.facts = ChatFacts(Found(OPENAI))
        assert workspace.answerer.ask(QUESTION).model == "gpt-4o"
        assert "budget of $0.0001 is spent" in workspace.answerer.ask(QUESTION).notice
        assert len(endpoint.requests) == 1
        (request,) = next(workspace.audit.rows())["requests"]
    assert request["is_estimated"]
    expected = (2.5 * request["prompt_tokens"] + 10 * request["completion_tokens"]) / 1e6
    assert request["cost"] == pytest.approx(expected)


def test_an_uncountable_budget_asks_nobody(tmp_path: Path):
    with asking(tmp_path, WRITTEN, daily_tokens=10_000) as (workspace, endpoint):
        workspace.audit.file.change("CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(FAIL, 'x'); END")
        answer = workspace.answerer.ask(QUESTION)
        assert not endpoint.requests
    assert "41 metres" in answer.text
    assert "The budget cannot be counted, since the audit log" in answer.notice


def test_questions_of_a_user_in_a_minute(tmp_path: Path):
    log = log_of(tmp_path)
    now = [NOON]
    log.clock = lambda: now[0]
    for second in (0, 10, 20):
        now[0] = NOON + second
        log.begin("ada", most=3)
    now[0] = NOON + 30.5
    for _ in range(2):  # what was refused does not count
        with pytest.raises(InputError, match=r"^3 questions a minute may be asked, .* ask again in 30 seconds$"):
            AuditLog(tmp_path, days=1, clock=log.clock).begin("ada", most=3)
    log.begin("bob", most=3)
    now[0] = NOON + 60
    log.begin("ada", most=3)
    with pytest.raises(InputError, match="ask again in 10 seconds"):
        log.begin("ada", most=3)
    now[0] = NOON - 3600  # a clock that was set back locks nobody out
    log.begin("ada", most=3)
    log.close()


def test_questions_of_all_in_a_minute(tmp_path: Path):
    log = log_of(tmp_path)
    now = [NOON]
    log.clock = lambda: now[0]
    for second, user in ((0, "ada"), (10, "bob"), (20, "eve")):
        now[0] = NOON + second
        log.begin(user, most_of_all=3)
    now[0] = NOON + 30.5
    said = r"^3 questions a minute may be asked by all together, and so many were: ask again in 30 seconds$"
    with pytest.raises(InputError, match=said):
        log.begin("ann", most=3, most_of_all=3)
    with pytest.raises(InputError, match=r"^1 question a minute may be asked, and so many were: ask again in 30 sec"):
        log.begin("ada", most=1, most_of_all=3)
    log.begin("ann", most=3, most_of_all=4)
    now[0] = NOON + 75
    log.begin("ann", most=3, most_of_all=3)
    log.close()


def test_all_together_are_told_that_they_ask_too_much(tmp_path: Path):
    with asking(tmp_path, questions_per_minute=2, all_questions_per_minute=2) as (workspace, _):
        workspace.answerer.ask(QUESTION, user="ada")
        workspace.answerer.ask(QUESTION, user="bob")
        with pytest.raises(InputError, match=r"2 questions a minute may be asked by all together"):
            workspace.answerer.ask(QUESTION, user="eve")
        assert len(list(workspace.audit.rows())) == 2


def test_too_many_questions_are_told_and_leave_no_row(tmp_path: Path):
    with asking(tmp_path, questions_per_minute=2) as (workspace, _):
        workspace.answerer.ask(QUESTION)
        workspace.answerer.ask(QUESTION)
        with pytest.raises(InputError, match=r"2 questions a minute .* ask again in \d+ seconds?"):
            workspace.answerer.ask(QUESTION)
        assert workspace.answerer.ask(QUESTION, user="bob").citations
        assert len(list(workspace.audit.rows())) == 3


def test_days_and_models_are_added_up(tmp_path: Path):
    free = replace(SENT, at=NOON - DAY_S, model="local", cost=None)
    log = log_of(tmp_path, ("ada", SENT), ("bob", SENT), ("bob", free))
    assert [(day.date, day.questions, day.tokens, day.dollars, day.unpriced) for day in log.per_day(0)] == [
        ("2024-10-03", 0, 100, 0.0, 1),
        ("2024-10-04", 3, 200, 0.5, 0),
    ]
    assert [(use.model, use.requests, use.dollars, use.unpriced) for use in log.per_model(0)] == [
        ("tiny", 2, 0.5, 0),
        ("local", 1, 0.0, 1),
    ]
    log.close()


def test_a_record_survives_a_log_that_breaks_between_its_ends(tmp_path: Path):
    log = log_of(tmp_path)
    record = Recorder(log, Settings(), lambda _: "").begin("ada")
    log.file.change("DROP TABLE requests")
    record.sent(SENT)
    assert "not of this version" in record.trouble
    log.close()
