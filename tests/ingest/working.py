"""Real worker processes for tests, and a library for them to work on."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from app.jobs import JobBoard
from indexes.job_records import Job
from indexes.jobs import JobTable
from indexes.library import Library
from ingest.cli import main
from ingest.worker import Worker
from tests.ingest.make_files import zipped

ROOT = Path(__file__).parents[2]


def take_in(library: Library, *files: tuple[str, bytes], collection: str = "default") -> None:
    """Files (name, content), uploaded and read by this process."""
    JobBoard(library).add(files, collection)
    work(library)


def work(library: Library) -> list[str]:
    """How each file ended that was on its way."""
    with Worker(library) as worker:
        return [outcome.state for outcome in worker.work()]


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
        try:
            worker.communicate(timeout=240)
        finally:  # one that does not end fails its own test alone
            worker.kill()


def until(is_so: Callable[[], object], seconds: float = 240) -> None:
    """Wait for something; fails when it never comes."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came so far"
        time.sleep(0.02)


def until_watched(folder: Path, process: int | str = "self") -> None:
    """Wait until the system tells a process of changes in a folder and in all below it, where it can be asked."""
    entries = Path(f"/proc/{process}/fdinfo")
    if not entries.is_dir():
        time.sleep(1)
        return
    wanted = {f"ino:{path.stat().st_ino:x}" for path in (folder, *folder.rglob("*")) if path.is_dir()}
    until(lambda: wanted <= {word for line in _lines(entries) for word in line.split() if line.startswith("inotify")})


def _lines(folder: Path) -> Iterator[str]:
    for path in list(folder.iterdir()):
        with suppress(OSError):  # closed meanwhile
            yield from path.read_text().splitlines()


def stop(process: subprocess.Popen[Any], home: Path) -> None:
    """Let it stand still, but not in the middle of a transaction, for which others would wait."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)  # until every thread of it has stopped
        with closing(sqlite3.connect(home / "catalogue.sqlite", timeout=0.5, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE").execute("ROLLBACK")
                return
            except sqlite3.OperationalError:
                process.send_signal(signal.SIGCONT)


def named(jobs: JobTable, name: str) -> Job:
    """The job of that name."""
    return next(job for job in jobs.jobs() if job.name == name)


def states(jobs: JobTable) -> dict[str, str]:
    """Name -> state of every job."""
    return {job.name: job.state for job in jobs.jobs()}


def made_of_archives(folder: Path, *samples: Path) -> Path:
    """The same folder, with a `home` and the `docs` of which that was made: a note, an archive in another, samples."""
    docs = folder / "docs"
    docs.mkdir()
    for sample in samples:
        shutil.copy(sample, docs)
    (docs / "note.md").write_text("The harbour opens at six.")
    (docs / "all.zip").write_bytes(zipped({"a.md": b"A buoy is red.", "in.zip": zipped({"b.md": b"Boats leave."})}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_HOME", str(folder / "home"))
        assert main(["add", str(docs)]) == 0
    return folder


def fill(place: Path, leave: int) -> Path:
    """Take all room but so many bytes; the file that does it."""
    ballast = place / "ballast"
    ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(place).free - leave))
    return ballast
