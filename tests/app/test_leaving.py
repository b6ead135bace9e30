"""A person who leaves is not waited for: the endpoint's connection closes at once, whatever it was waiting for."""

from __future__ import annotations

import threading
import time

import pytest

from app.chat_model import OpenAIChatModel
from evals.endpoint.page import measure
from indexes.patience import looking, pause
from tests.app.chatting import QUESTION
from tests.fake_endpoint import FakeEndpoint, Reply, answers, event, streams
from tests.ingest.working import until

SOON_S = 8.0
"""A busy machine takes its time, and whoever never noticed would wait for fifteen or sixty; how long it really takes is
what `python -m evals endpoint --page` tells."""


class Left(BaseException):
    """As Streamlit's own signs are no Exception either."""


class Person:
    """Leaves so many seconds after the first look, at the moment `left`: what comes before it, such as loading a
    library, takes its time on a busy machine."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.left = 0.0

    def look(self) -> None:
        self.left = self.left or time.monotonic() + self._seconds
        if time.monotonic() >= self.left:
            raise Left


def waits_for_the_end(sent: list[float]) -> Reply:
    """Notes when the other side hung up, and sends nothing."""

    def reply(request: object) -> None:
        assert request.connection.recv(1) == b""  # type: ignore[attr-defined]
        sent.append(time.monotonic())
        request.close_connection = True  # type: ignore[attr-defined]

    return reply


def test_before_the_first_word():
    gone: list[float] = []
    threads = threading.active_count()
    with FakeEndpoint(waits_for_the_end(gone)) as endpoint:
        model = OpenAIChatModel(base_url=endpoint.url, model="tiny", timeout=60)
        person = Person(0.3)
        with looking(person.look), pytest.raises(Left):
            next(model.stream(QUESTION))
        until(lambda: gone, 30)
        model.close()
    assert 0 < gone[0] - person.left < SOON_S
    until(lambda: threading.active_count() <= threads)


def test_between_words():
    with FakeEndpoint(streams(event("x"), 60.0, event("y"))) as endpoint:
        model = OpenAIChatModel(base_url=endpoint.url, model="tiny", timeout=60)
        stream = model.stream(QUESTION)
        assert next(stream).text == "x"
        person = Person(0.3)
        with looking(person.look), pytest.raises(Left):
            next(stream)
        assert time.monotonic() - person.left < SOON_S
        model.close()


def test_before_another_try():
    with FakeEndpoint(answers(429, retry_after="15")) as endpoint:
        model = OpenAIChatModel(base_url=endpoint.url, model="tiny")
        person = Person(0.3)
        with looking(person.look), pytest.raises(Left):
            next(model.stream(QUESTION))
        assert time.monotonic() - person.left < SOON_S
        model.close()
    assert len(endpoint.requests) == 1


def test_the_next_question_is_waited_for_again():
    with pytest.raises(Left), looking(Person(0.0).look):
        pause(1)
    start = time.monotonic()
    pause(0.3)
    assert time.monotonic() - start >= 0.3


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_in_a_browser():
    seen = measure(1)
    assert len(seen.first_s) == 2
    assert min(seen.first_s) > 0
    assert max(seen.first_s) < SOON_S
    assert len(seen.left_s) == 4
    assert {how: seconds for how, seconds in seen.left_s.items() if not max(seconds) < SOON_S} == {}
