"""A crowd that asks: how long each waits, what the server's memory does, and whether anybody sees what is another's."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression
from threading import Event, Lock

from evals.people.harbours import HARBOURS, QUESTIONS, harbours_served
from evals.people.visitor import Reply, Visitor
from evals.processes import resident
from rag.errors import StoreError

FLAT_MB = 5.0
"""Of growth in a thousand answers that count as none: the answers themselves are some 16 MB, and a process's memory
sways by a few."""
_LEAST = 10
_WATCH_S = 1.0
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Held:
    """What the server and its children hold after so many answers."""

    n_answers: int
    mb: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was seen."""

    opened_s: list[float]
    """Until the page stood, for each person."""
    replies: list[Reply]
    strangers: list[str]
    """Questions of other people that stood on a page: there must be none."""
    astray: int
    """Answers that quote nothing about what was asked for."""
    late: int
    """Questions that came later than their time, because the one before took too long."""
    memory: list[Held]
    """A value a second."""

    def mb_per_1000(self, without: float) -> float | None:
        """What the server's memory grows by in a thousand answers: the slope of the line through all but this share at
        the beginning, which holds what is loaded once; None where there were too few answers to tell."""
        rest = self.memory[int(len(self.memory) * without) :]
        if len({one.n_answers for one in rest}) < _LEAST:
            return None
        return 1000 * linear_regression([one.n_answers for one in rest], [one.mb for one in rest]).slope


def measure(n_people: int, every_s: float, minutes: float, extra: Sequence[Path] = ()) -> Crowd:
    """So many people ask a question each `every_s` seconds for so long, each about a document that is theirs alone.
    `extra`: files and folders in the library beside these. Raises StoreError where a page fails.
    """
    names = HARBOURS[:n_people]
    if len(names) < n_people:
        raise StoreError(f"there are documents for {len(HARBOURS)} people at most")
    with (
        harbours_served(names, extra, FOOTNOTE_CONVERSATIONS="off") as (address, pid),
        ThreadPoolExecutor(n_people + 1) as threads,
    ):
        with Visitor(address) as first:
            first.ask(QUESTIONS[0].format(name=names[0]))  # loads the models
        ended, answered, pace = Event(), _Count(), _Pace(every_s, minutes * 60)
        memory = threads.submit(_memory, pid, ended, answered)
        people = [
            threads.submit(_person, address, name, pace, number * every_s / n_people, answered)
            for number, name in enumerate(names)
        ]
        try:
            seen = [person.result() for person in people]
        finally:
            ended.set()
        replies = [(name, reply) for name, one in zip(names, seen, strict=True) for reply in one.replies]
        return Crowd(
            opened_s=[one.opened_s for one in seen],
            replies=[reply for _, reply in replies],
            strangers=[text for name, reply in replies for text in reply.questions if f" of {name}" not in text],
            astray=sum(name not in reply.cited for name, reply in replies),
            late=sum(one.late for one in seen),
            memory=memory.result(),
        )


class _Count:
    """Answers so far; threads share it."""

    def __init__(self) -> None:
        self.n = 0
        self._lock = Lock()

    def add(self) -> None:
        with self._lock:
            self.n += 1


@dataclass(frozen=True, slots=True)
class _Pace:
    """A question each `every_s` seconds for so many `seconds`."""

    every_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class _Seen:
    opened_s: float
    replies: list[Reply]
    late: int


def _person(address: str, name: str, pace: _Pace, start_s: float, answered: _Count) -> _Seen:
    """Asks at fixed times, not after a pause: who has waited long asks again at once."""
    dice = random.Random(name)  # noqa: S311 - an order of questions
    time.sleep(start_s)
    begun, late = time.monotonic(), 0
    replies: list[Reply] = []
    with Visitor(address) as page:
        while (passed := time.monotonic() - begun) < pace.seconds:
            wait = len(replies) * pace.every_s - passed
            late += wait < 0 < len(replies)
            time.sleep(max(0.0, wait))
            replies.append(page.ask(dice.choice(QUESTIONS).format(name=name)))
            answered.add()
    return _Seen(page.opened_s, replies, late)


def _memory(pid: int, ended: Event, answered: _Count) -> list[Held]:
    seen = []
    while not ended.wait(_WATCH_S):
        seen.append(Held(answered.n, resident(pid) / _MB))
    return seen
