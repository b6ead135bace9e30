"""Commands of `python -m evals` that go on while nobody looks: what one is to do, how far it is and how it ended are
told by the files of a folder.

task.json        the command
progress.jsonl   what the command tells, the latest last; it is there from the beginning
problems.txt     its standard error
ended.json       how it ended; without it a task runs or waits as long as somebody holds its folder
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.evaluation.folders import keeping, read_json, write_json
from indexes.ownership import is_held
from rag.errors import InputError

State = Literal["waiting", "running", "done", "failed", "cancelled", "stopped"]
TASK, PROGRESS, PROBLEMS, ENDED, CANCEL = "task.json", "progress.jsonl", "problems.txt", "ended.json", "cancel"
_TAIL = 4_000
"""Bytes of what a command tells that are looked at."""
_STOPPED = "Footnote was stopped before this was finished."


@dataclass(frozen=True, slots=True)
class Progress:
    """What a running command told last."""

    text: str
    n: int = 0
    of: int = 0
    """0: its steps cannot be counted."""
    seconds: float | None = None
    """Left of these steps; None: not known yet."""


@dataclass(frozen=True, slots=True)
class Task:
    """One command as it is now."""

    state: State
    why: str = ""
    """Of one that failed or was stopped: a sentence."""
    progress: Progress | None = None

    @property
    def is_moving(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in ("waiting", "running")


def begin(folder: Path, command: Sequence[str]) -> None:
    """Write down what is to be done; whatever an earlier task of this folder told is gone, once that could be kept."""
    write_json(folder / TASK, {"command": list(command)})
    for name in (PROGRESS, PROBLEMS, ENDED, CANCEL):
        (folder / name).unlink(missing_ok=True)


def command_of(folder: Path) -> list[str]:
    """What was written down."""
    return [str(part) for part in read_json(folder / TASK)["command"]]


def end(folder: Path, state: State, why: str = "") -> None:
    """Write down how it ended."""
    write_json(folder / ENDED, {"state": state, "why": why})


@keeping()
def cancel(folder: Path) -> None:
    """Wish it to end; whoever runs it looks for this."""
    (folder / CANCEL).touch()


def task_of(folder: Path) -> Task | None:
    """The task of a folder; None: it has none."""
    is_moving = is_held(folder)  # looked at before its end, which is written down before the folder is let go
    if (folder / ENDED).is_file():
        found = read_json(folder / ENDED)
        return Task(found["state"], found["why"])
    if not (folder / TASK).is_file():
        return None
    if not is_moving:
        return Task("stopped", _STOPPED)
    if not (folder / PROGRESS).is_file():
        return Task("cancelled" if (folder / CANCEL).exists() else "waiting")
    return Task("running", progress=_progress(folder / PROGRESS))


def sentence(folder: Path, code: int) -> str:
    """Why a command failed, as it said it; otherwise as the system tells."""
    lines = _tail(folder / PROBLEMS).splitlines()
    said = [line.removeprefix("footnote: ") for line in lines if line.startswith("footnote: ")]
    if said:
        return said[-1]
    if code < 0:
        return f"The measurement was ended by the system (signal {-code}): there may be too little memory."
    return f"The measurement ended unexpectedly (exit code {code}); {folder / PROBLEMS} has what it said."


def _progress(path: Path) -> Progress | None:
    for line in reversed(_tail(path).splitlines()):
        with suppress(ValueError, KeyError, AttributeError):  # half a line, just being written
            row = json.loads(line)
            return Progress(row["text"], row.get("n", 0), row.get("of", 0), row.get("seconds"))
    return None


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def check_ended(folder: Path) -> None:
    """Raises InputError while a task of the folder goes on."""
    if (task := task_of(folder)) is not None and task.is_moving:
        raise InputError("this is still being worked on: cancel it first")
