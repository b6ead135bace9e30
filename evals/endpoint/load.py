"""Many questions at once, the way of the first word, and leaving in the middle, against an endpoint that is well."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier
from typing import TypeVar

from app.chat_model import open_chat_model
from app.recorded import RecordedAnswerer
from evals.endpoint.asking import Misbehaving, home_of, misbehaving, opened
from evals.endpoint.faults import LONG, WELL
from rag.settings import Settings
from rag.types import Answer, Hit, Retrieval
from rag.writing import Writer

T = TypeVar("T")

_PATIENCE_S = 10.0
_WARM_QUESTIONS = 3
_QUESTIONS = (
    "How many dimensions does the vector space of all-MiniLM-L6-v2 have, case {n}?",
    "What does all-MiniLM-L6-v2 map sentences and paragraphs to, case {n}?",
    "Into which dense vector space does the model map sentences, case {n}?",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: seconds of the app's own, and of the endpoint."""

    found_s: float
    """Until its passages were found."""
    chat_s: float
    """From then to the answer, without the endpoint's time."""
    endpoint_s: float
    """From the request's arrival there to the last byte that it sent."""
    first_s: float
    """From the first word sent there to the first text that came out of the Answerer."""
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds over many."""

    p50: float
    p95: float
    most: float

    def __str__(self) -> str:
        return f"p50 {self.p50:7.1f} ms   p95 {self.p95:7.1f} ms   at most {self.most:7.1f} ms"


def times(seconds: Sequence[float]) -> Times:
    """Of these."""
    ms = [1000 * one for one in seconds]
    return Times(median(ms), quantiles(ms, n=20, method="inclusive")[-1] if len(ms) > 1 else ms[0], max(ms))


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured."""

    alone: list[Asked]
    """One after the other."""
    together: list[Asked]
    """All at once."""
    wall_s: float
    """All at once, from the first question to the last answer."""
    cpu_s: float
    """Of this process meanwhile: what the processor's cores have to share."""
    written_s: list[float]
    """All at once again with passages that had been found before, unchecked: prompt, request and reply alone, without
    the endpoint's time."""
    left_s: list[float]
    """From closing an answer in the middle until the endpoint saw that its connection was closed."""


def measure(n: int, files: Path, n_left: int = 20) -> Load:
    """So many questions one by one and at once, and some that are left in the middle, over these files."""
    with home_of(files) as settings, misbehaving() as endpoint:
        chatting = replace(settings, chat_model="tiny", base_url=endpoint.url(WELL))
        with opened(chatting) as workspace:
            for number in range(_WARM_QUESTIONS):
                _ask(workspace.answerer, number)
            alone = _timed(endpoint, [_ask(workspace.answerer, number) for number in range(n)])
            start, cpu = time.monotonic(), time.process_time()
            moments = _at_once(lambda number: _ask(workspace.answerer, number), range(n, 2 * n))
            wall_s, cpu_s = time.monotonic() - start, time.process_time() - cpu
            together = _timed(endpoint, moments)
            written = _written(endpoint, chatting, moments[0].answer.hits, range(2 * n, 3 * n))
        with opened(replace(chatting, base_url=endpoint.url(LONG))) as workspace:
            left = [_leave(endpoint, workspace.answerer, number) for number in range(3 * n, 3 * n + n_left)]
    return Load(alone, together, wall_s, cpu_s, written, left)


@dataclass(frozen=True, slots=True)
class _Moments:
    """Monotonic seconds."""

    number: int
    asked: float
    found: float
    first: float
    answered: float
    answer: Answer


def _at_once(ask: Callable[[int], T], numbers: Sequence[int]) -> list[T]:
    """Each asked by a thread of its own, all beginning together."""
    ready = Barrier(len(numbers))

    def one(number: int) -> T:
        ready.wait()
        return ask(number)

    with ThreadPoolExecutor(len(numbers)) as pool:
        return list(pool.map(one, numbers))


def _written(endpoint: Misbehaving, settings: Settings, hits: Sequence[Hit], numbers: Sequence[int]) -> list[float]:
    """Seconds of the app's own for each of these, written from the same passages."""
    model = open_chat_model(settings)
    if model is None:
        raise TypeError("these settings name a chat model")
    writer = Writer(model, window=model.window)

    def write(number: int) -> float:
        start = time.monotonic()
        deque(writer.write(_question(number), hits), maxlen=0)
        return time.monotonic() - start

    try:
        write(numbers[0])  # makes the client
        seconds = _at_once(write, numbers)
    finally:
        model.close()
    cases = endpoint.told()["cases"]
    taken = [cases[str(number)]["last"] - cases[str(number)]["received"] for number in numbers]
    return [one - other for one, other in zip(seconds, taken, strict=True)]


def _question(number: int) -> str:
    return _QUESTIONS[number % len(_QUESTIONS)].format(n=number)


def _ask(answerer: RecordedAnswerer, number: int) -> _Moments:
    asked = found = first = time.monotonic()
    for event in answerer.stream(_question(number)):
        now = time.monotonic()
        if isinstance(event, Retrieval):
            found = first = now
        elif isinstance(event, str) and first == found:
            first = now
        elif isinstance(event, Answer):
            return _Moments(number, asked, found, first, now, event)
    raise TypeError("a stream of events ends with its Answer")


def _timed(endpoint: Misbehaving, asked: Sequence[_Moments]) -> list[Asked]:
    """With what the endpoint tells of each: both read the same clock."""
    cases = endpoint.told()["cases"]
    return [_asked(one, cases.get(str(one.number), {})) for one in asked]


def _asked(one: _Moments, case: dict[str, float]) -> Asked:
    endpoint_s = case.get("last", one.answered) - case.get("received", one.found)
    chat_s = one.answered - one.found - endpoint_s
    first_s = one.first - case.get("first", one.found)
    is_answered = "last" in case and bool(one.answer.model) and not one.answer.refused
    return Asked(one.found - one.asked, chat_s, endpoint_s, first_s, is_answered)


def _leave(endpoint: Misbehaving, answerer: RecordedAnswerer, number: int) -> float:
    """Close an answer after its first words; seconds until the endpoint saw it."""
    events = answerer.stream(_question(number))
    next(event for event in events if isinstance(event, str))
    left = time.monotonic()
    events.close()
    while time.monotonic() < left + _PATIENCE_S:
        gone = endpoint.told()["cases"][str(number)].get("gone")
        if gone is not None:
            return float(gone) - left
        time.sleep(0.01)
    return float("inf")
