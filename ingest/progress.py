"""How a run of ingestion is shown: bars on a terminal, lines of JSON for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from types import TracebackType
from typing import Protocol, Self

from ingest.ledger import Outcome


class Show(Protocol):
    """Something that is told every step and every outcome."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def progress(self, source: str, stage: str, done: int, total: int) -> None: ...
    def outcome(self, outcome: Outcome) -> None: ...


class Events:
    """One JSON object a line: every outcome and, if wanted, every step."""

    def __init__(self, *, every_step: bool) -> None:
        self._every_step = every_step

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def progress(self, source: str, stage: str, done: int, total: int) -> None:
        if self._every_step:
            _write({"source": source, "state": stage, "done": done, "total": total})

    def outcome(self, outcome: Outcome) -> None:
        _write(asdict(outcome))


def _write(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class Bars:
    """A bar for all files and one for the step that is running; failures are said as they come."""

    def __init__(self, n_files: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._bars = Progress(*columns, transient=True)
        self._files = self._bars.add_task("files", total=n_files)
        self._step = self._bars.add_task("", total=1)

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

    def outcome(self, outcome: Outcome) -> None:
        self._bars.advance(self._files)
        if words := {"failed": "failed", "unreadable": "still not readable"}.get(outcome.state):
            self._say(f"{words}: {outcome.source!r}: {outcome.reason}")
        for warning in outcome.warnings if outcome.state == "ready" else ():
            self._say(f"{outcome.source!r}: {warning}")

    def _say(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)
