"""Keeps a number of workers running: one that dies is started again, and all end with whoever wanted them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_LOOK_S = 0.5
_PATIENCE_S = 15.0
_WAITS_S = (0.5, 2.0, 5.0, 15.0, 30.0)
"""Before a worker is started again that ended soon after its start, and the longer the more often that happened."""
_SOON_S = 60.0


class _Post:
    """One place that is always filled by a worker."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._n_short = 0

    def look(self) -> None:
        """Start a worker where none runs, unless the last one ended too soon before."""
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None:
            lived = time.monotonic() - self._started
            self._n_short = self._n_short + 1 if lived < _SOON_S and self._process.returncode else 0
            self._process = None
        wait = 0.0 if not self._n_short else _WAITS_S[min(self._n_short, len(_WAITS_S)) - 1]
        if time.monotonic() - self._started >= wait:
            self._started = time.monotonic()
            command = [sys.executable, "-m", "ingest", "worker", "--with-parent"]
            self._process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.DEVNULL, start_new_session=True)

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, until: float) -> None:
        if self._process is not None:
            try:
                self._process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._process.kill()


def keep_workers(n: int) -> None:
    """Keep n workers running until this process is stopped or its parent has ended."""
    parent = os.getppid()
    posts = [_Post() for _ in range(n)]
    try:
        while os.getppid() == parent:
            for post in posts:
                post.look()
            time.sleep(_LOOK_S)
    finally:
        for post in posts:
            post.end()
        until = time.monotonic() + _PATIENCE_S
        for post in posts:
            post.wait(until)
