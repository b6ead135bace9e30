"""Real worker processes for tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexes.job_records import Job
from indexes.jobs import JobTable

ROOT = Path(__file__).parents[2]


def start_worker(home: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`python -m ingest worker` over a home."""
    command = [sys.executable, "-m", "ingest", "worker", "--json", *arguments]
    variables = os.environ | {"FOOTNOTE_HOME": str(home)} | environment
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True)


@contextmanager
def working(home: Path) -> Iterator[subprocess.Popen[str]]:
    """One worker, ended afterwards."""
    worker = start_worker(home)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.communicate(timeout=60)


def until(is_so: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something; fails when it never comes."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came so far"
        time.sleep(0.02)


def named(jobs: JobTable, name: str) -> Job:
    """The job of that name."""
    return next(job for job in jobs.jobs() if job.name == name)


def states(jobs: JobTable) -> dict[str, str]:
    """Name -> state of every job."""
    return {job.name: job.state for job in jobs.jobs()}
