"""A crowd that asks: how long each waits, what the server's memory does, and whether anybody sees what is another's."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median_high
from tempfile import TemporaryDirectory
from threading import Event

from evals.people.visitor import Reply, Visitor
from evals.processes import resident
from evals.served import served
from indexes.home import environment
from rag.errors import StoreError

_HARBOURS = (
    *("Fowey", "Looe", "Mevagissey", "Polperro", "Padstow", "Newlyn", "Mousehole", "Falmouth", "Penryn", "Helford"),
    *(
        "Porthleven",
        "Coverack",
        "Cadgwith",
        "Portloe",
        "Gorran",
        "Charlestown",
        "Newquay",
        "Bude",
        "Boscastle",
        "Hayle",
    ),
)
_QUESTIONS = (
    "When does the harbour of {name} open?",
    "What does a berth cost in the harbour of {name}?",
    "Who is the harbour master of {name}?",
    "Which light stands at the harbour of {name}?",
)
_TEXT = """# The harbour of {name}

## Hours

The harbour of {name} opens at {hour} in the morning. Boats leave {name} with the tide.

## Berths

A berth in the harbour of {name} costs {pounds} pounds a day.

## People

The harbour master of {name} is called {name}son. The light at the harbour of {name} shows {flashes} white flashes.
"""
_WATCH_S = 1.0
_MB = 1e6


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
    memory_mb: list[float]
    """What the server and its children hold, a value a second."""

    @property
    def growth_mb(self) -> float:
        """The middle of the last fifth against the middle of the second one: the first holds what is loaded once."""
        fifth = max(1, len(self.memory_mb) // 5)
        return median_high(self.memory_mb[-fifth:]) - median_high(self.memory_mb[fifth : 2 * fifth])


def measure(n_people: int, every_s: float, minutes: float, extra: Sequence[Path] = ()) -> Crowd:
    """So many people ask a question each `every_s` seconds for so long, each about a document that is theirs alone.
    `extra`: files and folders in the library beside these. Raises StoreError where a page fails.
    """
    names = _HARBOURS[:n_people]
    if len(names) < n_people:
        raise StoreError(f"there are documents for {len(_HARBOURS)} people at most")
    with _server(names, extra) as (address, pid), ThreadPoolExecutor(n_people + 1) as threads:
        with Visitor(address) as first:
            first.ask(_QUESTIONS[0].format(name=names[0]))  # loads the models
        ended = Event()
        memory = threads.submit(_memory, pid, ended)
        people = [
            threads.submit(_person, address, name, every_s, minutes * 60, number * every_s / n_people)
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
            memory_mb=memory.result(),
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    opened_s: float
    replies: list[Reply]
    late: int


def _person(address: str, name: str, every_s: float, seconds: float, start_s: float) -> _Seen:
    """Asks at fixed times, not after a pause: who has waited long asks again at once."""
    dice = random.Random(name)  # noqa: S311 - an order of questions
    time.sleep(start_s)
    begun, late = time.monotonic(), 0
    replies: list[Reply] = []
    with Visitor(address) as page:
        while (passed := time.monotonic() - begun) < seconds:
            wait = len(replies) * every_s - passed
            late += wait < 0 < len(replies)
            time.sleep(max(0.0, wait))
            replies.append(page.ask(dice.choice(_QUESTIONS).format(name=name)))
    return _Seen(page.opened_s, replies, late)


def _memory(pid: int, ended: Event) -> list[float]:
    seen = [resident(pid) / _MB]
    while not ended.wait(_WATCH_S):
        seen.append(resident(pid) / _MB)
    return seen


@contextmanager
def _server(names: Sequence[str], extra: Sequence[Path]) -> Iterator[tuple[str, int]]:
    with TemporaryDirectory() as folder:
        home, texts = Path(folder) / "home", Path(folder) / "harbours"
        texts.mkdir()
        for number, name in enumerate(names):
            facts = {"hour": 5 + number % 6, "pounds": 7 + number, "flashes": 2 + number % 9}
            (texts / f"{name}.md").write_text(_TEXT.format(name=name, **facts), encoding="utf-8")
        adding = [sys.executable, "-m", "ingest", "add", str(texts), *map(str, extra)]
        subprocess.run(adding, check=True, env=environment() | {"FOOTNOTE_HOME": str(home)}, stdout=subprocess.DEVNULL)
        with served(home, FOOTNOTE_CONVERSATIONS="off", FOOTNOTE_WORKERS="0") as started:
            yield started
