"""How a run of ingestion is shown: bars on a terminal, plain lines in a log, lines of JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from types import TracebackType
from typing import Protocol, Self

from indexes.terminal import one_line
from ingest.ledger import Outcome
from ingest.sources import INSIDE
from ingest.steps import with_reason

_EVERY_FILES = 100
EVERY_S = 10.0
"""So often does a log say how far it has come."""
_LOOKEVERY_S = 1.0
"""So often is asked how fast it goes."""

Told = Callable[[], str]
"""Says how fast files come in and how long the rest will take; empty where that is not known yet."""


class Show(Protocol):
    """Something that is told every step and every outcome."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def progress(self, source: str, stage: str, done: int, total: int) -> None: ...
    def outcome(self, outcome: Outcome) -> None: ...


class _Written:
    """A Show that has nothing to take back at its end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Events(_Written):
    """One JSON object a line: every outcome and, if wanted, every step."""

    def __init__(self, *, every_step: bool) -> None:
        self._every_step = every_step

    def progress(self, source: str, stage: str, done: int, total: int) -> None:
        if self._every_step:
            _write({"source": source, "state": stage, "done": done, "total": total})

    def outcome(self, outcome: Outcome) -> None:
        _write(asdict(outcome))


def _write(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class Lines(_Written):
    """For output that is no terminal: failures as they come, and now and then how far it is."""

    def __init__(self, n_files: int, pace: Told) -> None:
        self._n_files = n_files
        self._pace = pace
        self._n_done = 0
        self._n_failed = 0
        self._told = time.monotonic()

    def progress(self, source: str, stage: str, done: int, total: int) -> None:
        if self._is_time():
            far = f"{done / max(1, total):.0%}" if stage == "chunking" else f"{done:,} of {total:,}"
            self._say(f"{self._so_far()}; {stage} {source!r}: {far}")

    def outcome(self, outcome: Outcome) -> None:
        for remark in _remarks(outcome):
            self._say(remark)
        self._n_failed += outcome.state == "failed"
        if INSIDE not in outcome.source:
            self._n_done += 1
            if self._is_time() or self._n_done % _EVERY_FILES == 0:
                self._say(self._so_far())

    def _is_time(self) -> bool:
        return time.monotonic() - self._told > EVERY_S

    def _so_far(self) -> str:
        self._told = time.monotonic()
        pace = self._pace()
        return f"{self._n_done} of {self._n_files} files done, {self._n_failed} failed{pace and f', {pace}'}"

    def _say(self, text: str) -> None:
        sys.stdout.write(f"{one_line(text)}\n")
        sys.stdout.flush()


def _remarks(outcome: Outcome) -> Iterator[str]:
    """What a person should know of a file by its name; what failed before and was told then is only counted."""
    if outcome.state == "failed":
        yield f"failed: {with_reason(outcome.source, outcome.reason)}"
    for warning in outcome.warnings if outcome.state == "ready" else ():
        yield f"{outcome.source}: {warning}"


class Bars:
    """A bar for all files and one for the step that is running; failures are said as they come."""

    def __init__(self, n_files: int, pace: Told) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}", markup=False),
        )
        self._bars = Progress(*columns, transient=True)
        self._files = self._bars.add_task("files", total=n_files, pace="")
        self._step = self._bars.add_task("", total=1, pace="")
        self._pace = pace
        self._looked = time.monotonic()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def progress(self, source: str, stage: str, done: int, total: int) -> None:
        name = source.rsplit("/", 1)[-1]
        self._bars.update(self._step, description=f"{stage} {name[:40]!r}", completed=done, total=total)
        if time.monotonic() - self._looked > _LOOKEVERY_S:
            self._looked = time.monotonic()
            self._bars.update(self._files, pace=self._pace())

    def outcome(self, outcome: Outcome) -> None:
        if INSIDE not in outcome.source:  # what is inside of a file was not counted before
            self._bars.advance(self._files)
            if self._bars.tasks[self._files].finished:  # nothing may come after it that would tell the new pace
                self._bars.update(self._files, pace=self._pace())
        for remark in _remarks(outcome):
            self._bars.console.print(one_line(remark), markup=False, highlight=False, soft_wrap=True)
