"""Requests at once share a budget: what they may take is held for them, over processes, until they are over."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.chat_profiles import Price
from app.limits import Limits
from app.metering import Meter, MeteredModel
from indexes.audit_log import DAY_S, AuditLog
from indexes.audit_records import Spent
from rag.errors import ModelError
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Delta, Message
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import says

NOON = 20_000 * DAY_S + DAY_S / 2
ASKED = [Message("user", "q" * 100)]


class Model:
    name = "tiny"

    def stream(
        self, _messages: Sequence[Message], _tools: Sequence[Tool] = (), _schema: str = ""
    ) -> Generator[Delta, None, None]:
        yield Delta("x")
        yield Delta("", "stop", 3000, 500)


class Desk:
    """One process over a home, with a model that has a budget."""

    def __init__(self, home: Path, now: float = NOON, **settings: float) -> None:
        self.log = AuditLog(home, days=90, clock=lambda: now)
        self.limits = Limits(self.log, replace(Settings(), **settings))  # type: ignore[arg-type]

    def model(self, user: str = "ada") -> MeteredModel:
        number = self.log.begin(user)
        meter = Meter(lambda sent: self.log.sent(number, user, sent), lambda most: self.limits.held(user, most))
        return MeteredModel(Model(), meter, count=len, price=lambda _: Price(10, 10), longest=lambda: 900)


def asked_at_once(desks: Sequence[Desk], n: int) -> list[str]:
    """Why those were refused that were, of so many that are all begun before one is over."""
    said, begun = list[str](), []
    for i in range(n):
        deltas = desks[i % len(desks)].model().stream(ASKED)
        try:
            next(deltas)
            begun.append(deltas)
        except ModelError as error:
            said.append(str(error))
    for deltas in begun:
        list(deltas)
    return said


@pytest.mark.parametrize(
    ("budget", "n_refused", "rest"),
    [
        ({"daily_tokens": 1_000}, 19, "today's budget, 1,000 of 1,000 tokens"),
        ({"user_daily_tokens": 1_000}, 19, "your budget for today, 1,000 of 1,000 tokens"),
        ({"daily_tokens": 2_500}, 17, "today's budget, 2,500 of 2,500 tokens"),
        ({"daily_dollars": 0.01}, 19, "today's budget, $0.01 of $0.01"),
        ({"daily_tokens": 1_000_000, "daily_dollars": 90}, 0, ""),
        ({}, 0, ""),
    ],
)
def test_requests_at_once_take_no_more_than_is_left(
    tmp_path: Path, budget: dict[str, float], n_refused: int, rest: str
):
    desks = [Desk(tmp_path, **budget) for _ in range(3)]
    said = asked_at_once(desks, 20)
    assert len(said) == n_refused
    assert set(said) <= {f"the rest of {rest}, is held for requests under way: ask again once they are over"}
    assert desks[0].log.spent(0.0).tokens == (20 - n_refused) * 3_500
    assert desks[0].log.holds.held(NOON) == Spent(0, 0.0)
    for desk in desks:
        desk.log.close()


def test_threads_at_once_see_no_rest_twice(tmp_path: Path):
    desks = [Desk(tmp_path, daily_tokens=1_000) for _ in range(8)]

    def is_held(desk: Desk) -> bool:
        with suppress(ModelError):
            under_way.enter_context(desk.limits.held("ada", lambda: Spent(1_000, 0.0)))
            return True
        return False

    with ExitStack() as under_way, ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(is_held, desks)) == 1
    for desk in desks:
        desk.log.close()


def test_what_one_user_is_held_leaves_the_budget_of_another(tmp_path: Path):
    desk = Desk(tmp_path, user_daily_tokens=1_000)
    with desk.limits.held("ada", lambda: Spent(1_000, 0.0)):
        assert desk.limits.why_not("ada").startswith(
            "the rest of your budget for today, 1,000 of 1,000 tokens, is held"
        )
        assert not desk.limits.why_not("bob")
    assert not desk.limits.why_not("ada")
    desk.log.close()


def test_what_stops_or_fails_is_held_no_longer(tmp_path: Path):
    with closing(Desk(tmp_path, daily_tokens=9_000).log) as log:
        desk = Desk(tmp_path, daily_tokens=9_000)
        deltas = desk.model().stream(ASKED)
        next(deltas)
        assert log.holds.held(NOON) == Spent(1_000, 0.01)
        deltas.close()
        assert log.holds.held(NOON) == Spent(0, 0.0)
        with suppress(ValueError), desk.limits.held("ada", lambda: Spent(9, 0.0)):
            raise ValueError
        assert log.holds.held(NOON) == Spent(0, 0.0)
        desk.log.close()


def test_a_process_that_died_holds_nothing_for_long(tmp_path: Path):
    died = Desk(tmp_path, daily_tokens=1_000)
    forever = died.limits.held("ada", lambda: Spent(1_000, 0.0))
    forever.__enter__()
    for seconds, is_held in ((179, True), (181, False)):
        later = Desk(tmp_path, NOON + seconds, daily_tokens=1_000, timeout=60.0)
        assert bool(later.limits.why_not("ada")) == is_held
        later.log.close()
    later = Desk(tmp_path, NOON + 601, daily_tokens=1_000)
    with later.limits.held("ada", lambda: Spent(5, 0.0)):
        assert later.log.file.rows("SELECT tokens FROM holds") == [(5,)]
    later.log.close()
    died.log.close()


def test_a_question_is_quoted_while_the_rest_is_held(tmp_path: Path):
    with asking(tmp_path, says("It is 41 metres high. [1]"), daily_tokens=1_000) as (workspace, endpoint):
        with workspace.limits.held("bob", lambda: Spent(1_000, 0.0)):
            answer = workspace.answerer.ask(QUESTION)
            assert not endpoint.requests
        assert answer.notice == (
            "The rest of today's budget, 1,000 of 1,000 tokens, is held for requests under way: ask again once they "
            "are over. The documents are quoted instead."
        )
        assert workspace.answerer.ask(QUESTION).model == "tiny"
        assert workspace.audit.holds.held(0.0) == Spent(0, 0.0)


def test_what_is_held_is_what_the_request_may_take(tmp_path: Path):
    seen = list[Spent]()
    with asking(tmp_path, says("It is 41 metres high. [1]"), daily_tokens=10_000) as (workspace, _):
        events = workspace.answerer.stream(QUESTION)
        while not isinstance(next(events), str):
            pass
        seen.append(workspace.audit.holds.held(0.0))
        events.close()
    assert 512 + 50 < seen[0].tokens < 512 + 2_000
