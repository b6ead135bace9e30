"""Runs tasks one after another, each as a process of its own that ends with this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from app.evaluation import tasks
from indexes.ownership import Ownership
from indexes.system_errors import told
from ingest.evaluated import FOLDER
from rag.errors import InputError

_ROOT = Path(__file__).parents[2]
_LOOK_S = 0.2
_PATIENCE_S = 10.0
_LOOKED_AT_S = 0.5


class Lane:
    """One at a time, over all processes that have the same home; the others wait in the order in which they came."""

    def __init__(self, name: str, home: Path, environ: Mapping[str, str]) -> None:
        self._lock = home / FOLDER / f"{name}.lane"
        self._environ = {**environ, "FOOTNOTE_HOME": str(home.resolve())}
        self._order: SimpleQueue[Path] = SimpleQueue()
        self._waiting: dict[Path, Ownership] = {}
        self._name = name
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, folder: Path, *command: str) -> None:
        """Let `python -m evals COMMAND` run when its turn comes. Raises InputError while its last one goes on."""
        if self._is_wished_again(folder, command):
            return
        lock = _taken(folder)
        try:
            tasks.begin(folder, command)
        except OSError:  # of a full disk
            lock.release()
            raise
        with self._guard:
            self._waiting[folder] = lock
            self._order.put(folder)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run_all, name=f"evaluation-{self._name}", daemon=True)
                self._thread.start()

    def _is_wished_again(self, folder: Path, command: Sequence[str]) -> bool:
        """Whether it was cancelled before its turn, which may be far: then it keeps its place."""
        with self._guard:
            is_cancelled = folder in self._waiting and (folder / tasks.CANCEL).exists()
            if is_cancelled:
                tasks.begin(folder, command)
            return is_cancelled

    def _run_all(self) -> None:
        while True:
            folder = self._order.get()
            with self._guard:
                lock = self._waiting.pop(folder)
            try:
                tasks.end(lock.folder, *self._run(lock.folder))
            except OSError as error:  # of a full disk, or a folder that was taken away; the next task has its own
                with suppress(OSError):
                    tasks.end(lock.folder, "failed", f"The measurement could not be started: {told(error)}.")
            finally:
                lock.release()

    def _run(self, folder: Path) -> tuple[tasks.State, str]:
        """How it ended, and why."""
        turn = self._turn(folder)
        if turn is None:
            return "cancelled", ""
        try:
            process = self._process(folder)
            while process.poll() is None:
                if (folder / tasks.CANCEL).exists():
                    _stop(process)
                    return "cancelled", ""
                time.sleep(_LOOK_S)
        finally:
            turn.release()
        if process.returncode:
            return "failed", tasks.sentence(folder, process.returncode)
        return "done", ""

    def _turn(self, folder: Path) -> Ownership | None:
        """What only one may have at a time; None: it was cancelled while it waited."""
        while not (folder / tasks.CANCEL).exists():
            if (turn := Ownership.take(self._lock)) is not None:
                return turn
            time.sleep(_LOOK_S)
        return None

    def _process(self, folder: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "evals", *tasks.command_of(folder), "--progress", "--parent", str(os.getpid())]
        with (folder / tasks.PROGRESS).open("wb") as progress, (folder / tasks.PROBLEMS).open("wb") as problems:
            return subprocess.Popen(
                command,
                cwd=_ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=progress,
                stderr=problems,
                start_new_session=True,
            )


def _taken(folder: Path) -> Ownership:
    """The lock on a folder, which somebody who only looks whether it is held may have for a moment, and the runner of a
    cancelled task until it has seen that."""
    until = time.monotonic() + (_PATIENCE_S if (folder / tasks.CANCEL).exists() else _LOOKED_AT_S)
    while (lock := Ownership.take(folder)) is None:
        if time.monotonic() > until:
            raise InputError("this is still being worked on: wait for its end, or cancel it")
        time.sleep(0.02)
    return lock


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it and all that it has started: first by a wish, then for certain."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_S)
