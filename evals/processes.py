"""Python processes with their seconds and the memory that they and their children hold."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexes.home import environment
from rag.errors import InputError

_ROOT = Path(__file__).parents[1]


def measured(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    python: str = sys.executable,
    only: Sequence[int] = (0, 1),
) -> tuple[str, float, float]:
    """Run Python with these arguments; returns output, seconds and peak megabytes, children included.

    Raises InputError for an exit code that is not among `only`.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            [python, *arguments],
            stdout=output,
            stderr=errors,
            env={**os.environ, "HF_HUB_OFFLINE": "1", **environment},
        )
        peak = 0
        while child.poll() is None:
            peak = max(peak, resident(child.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        if child.returncode not in only:  # 1: some files failed, as they may
            errors.seek(0)
            raise InputError(f"`python {' '.join(arguments)}` ended with {child.returncode}: {errors.read()[-2000:]}")
        output.seek(0)
        return output.read(), seconds, peak / 1e6


def over(home: Path, *command: str) -> subprocess.Popen[str]:
    """`python -m` this command over a home; what it prints is in its `stdout`."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=_ROOT,
        env=environment() | {"FOOTNOTE_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )


def resident(pid: int) -> int:
    """Bytes that a process and its children hold in memory now; shared pages count in each."""
    return _sum_over(pid, lambda process: process.memory_info().rss)


def open_files(pid: int) -> int:
    """Descriptors that a process and its children have open now."""
    return _sum_over(pid, lambda process: process.num_fds())


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds."""

    threads: int
    files: int
    """Open, connections among them."""
    mb: float

    def __str__(self) -> str:
        return f"{self.threads} threads, {self.files} files, {self.mb:.0f} MB"


def held() -> Held:
    """What this process alone holds now, after a collection of garbage."""
    import psutil

    gc.collect()
    own = psutil.Process()
    return Held(own.num_threads(), own.num_fds(), own.memory_info().rss / 1e6)


def _sum_over(pid: int, count: Callable[[Any], int]) -> int:
    import psutil

    try:
        parent = psutil.Process(pid)
        return sum(count(process) for process in (parent, *parent.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0
