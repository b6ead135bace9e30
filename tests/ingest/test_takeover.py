"""Workers that stand still, clocks that are set, files whose times lie: nothing is lost, nothing is written twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexes.jobs import Job, JobTable, NewJob
from indexes.library import Library
from ingest.cli import main
from ingest.doctor import examine
from rag.settings import Settings
from tests.ingest.working import ROOT, until

LONG = "\n\n".join(f"Paragraph {i} says that boat {i} is painted in colour {i * 7}." for i in range(2500))
_IMPATIENT = """
import sys
import indexes.jobs, ingest.worker
indexes.jobs.LEASE_S, ingest.worker._BEAT_S = 1.5, 0.3
from ingest.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A worker whose lease is short, so that nobody waits half a minute for its end."""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(home=tmp_path / "home"))


def impatient_worker(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _IMPATIENT, "worker", "--json"]
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True)


def the_job(library: Library) -> Job:
    return library.jobs.jobs()[0]


def adding(home: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _IMPATIENT, "add", *map(str, arguments)]
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.slow
def test_a_frozen_add_hands_its_files_over(library: Library, tmp_path: Path):
    """It holds its lock, as a child that has outlived a killed one would: the lease alone says that nobody works."""
    (tmp_path / "long.txt").write_text(LONG)
    home = library.settings.home
    first = adding(home, tmp_path / "long.txt")
    until(lambda: bool(library.jobs.jobs()) and the_job(library).state == "embedding" and the_job(library).done)
    os.killpg(first.pid, signal.SIGSTOP)
    second = adding(home, tmp_path / "long.txt")
    said, _ = second.communicate(timeout=120)
    assert (second.returncode, "1 ready" in said) == (0, True)
    n_chunks = library.catalogue.n_chunks()
    os.killpg(first.pid, signal.SIGCONT)
    first.communicate(timeout=120)
    assert library.catalogue.n_chunks() == n_chunks
    assert len(library.catalogue.documents()) == 1


@pytest.mark.slow
def test_nobody_waits_for_a_damaged_row(library: Library, tmp_path: Path):
    (tmp_path / "a.txt").write_text("The buoy is red.")
    name = str(tmp_path / "a.txt")
    library.jobs.add("b", "default", [NewJob(name, name)])
    library.catalogue.database.execute("UPDATE jobs SET state = 'dancing'")
    second = adding(library.settings.home, name)
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "of the job table is damaged: run `python -m ingest doctor --repair`" in said


@pytest.mark.slow
def test_a_worker_that_stood_still_writes_nothing_twice(library: Library, tmp_path: Path):
    (tmp_path / "long.txt").write_text(LONG)
    home = library.settings.home
    library.jobs.add("b", "default", [NewJob(*[str(tmp_path / "long.txt")] * 2)])
    first = impatient_worker(home)
    until(lambda: the_job(library).state == "embedding" and the_job(library).done)
    os.killpg(first.pid, signal.SIGSTOP)
    second = impatient_worker(home)
    until(lambda: the_job(library).state == "ready")
    sequence = library.catalogue.sequence()
    os.killpg(first.pid, signal.SIGCONT)
    (tmp_path / "next.txt").write_text("The buoy is red.")
    os.killpg(second.pid, signal.SIGKILL)
    second.communicate()
    library.jobs.add("b", "default", [NewJob(*[str(tmp_path / "next.txt")] * 2)])
    until(lambda: not library.jobs.has_open())
    first.terminate()
    said, _ = first.communicate(timeout=60)
    assert '"cancelled"' in said, "the first one knows that the file was taken from it, and works on"
    assert library.catalogue.sequence() == sequence + 1, "only next.txt was written since"
    assert [Path(record.source).name for record in library.catalogue.documents()] == ["long.txt", "next.txt"]
    assert [f.text for f in examine(library) if not f.good and f.what != "disk"] == []


@pytest.mark.parametrize("jump_s", [-86_400, -31, 31, 86_400])
def test_a_clock_that_is_set_costs_no_worker_its_file(library: Library, monkeypatch: pytest.MonkeyPatch, jump_s: float):
    jobs = library.jobs
    (number,) = jobs.add("b", "default", [NewJob("a.md", "/nowhere")])
    assert jobs.claim("a", lambda _owner: True)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump_s)
    assert jobs.claim("b", lambda _owner: True) is None
    assert jobs.progress("a", {number: ("embedding", 1, 2)}) == {number}
    late = time.monotonic() + 31
    monkeypatch.setattr(JobTable, "_ticks", staticmethod(lambda: late))
    assert jobs.claim("b", lambda _owner: True), "a silent one loses it whatever the clock on the wall says"


def test_a_lease_of_before_the_machine_started_anew_is_none(library: Library, monkeypatch: pytest.MonkeyPatch):
    jobs = library.jobs
    jobs.add("b", "default", [NewJob("a.md", "/nowhere")])
    assert jobs.claim("a", lambda _owner: True)
    monkeypatch.setattr(JobTable, "_ticks", staticmethod(lambda: 3.0))
    assert jobs.claim("b", lambda _owner: True)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["written over", "put in its place"])
def test_a_time_that_was_set_back_hides_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str):
    """Same size, same modification time: the time of the last change of the file itself cannot be set."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    path = tmp_path / "a.txt"
    path.write_text("The harbour opens at six.")
    old = path.stat()
    time.sleep(0.15)
    assert main(["add", str(path)]) == 0
    written = path if how == "written over" else tmp_path / "draft.txt"
    written.write_text("The harbour opens at ten.")
    os.utime(written, ns=(old.st_atime_ns, old.st_mtime_ns))
    written.replace(path)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (old.st_size, old.st_mtime_ns)
    assert main(["add", str(path)]) == 0
    library = Library(Settings(home=tmp_path / "home"))
    assert [library.catalogue.text(record.id) for record in library.catalogue.documents()] == [
        "The harbour opens at ten."
    ]


@pytest.mark.slow
def test_a_change_while_it_is_read_is_seen_though_its_time_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from ingest.fence import Fence

    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    path = tmp_path / "a.txt"
    path.write_text("The harbour opens at six.")
    old = path.stat()
    time.sleep(0.15)
    load, n = Fence.load_and_cut, []

    def changed_meanwhile(self: Fence, *arguments: object, **options: object) -> object:
        found = load(self, *arguments, **options)  # type: ignore[arg-type]
        if not n:
            path.write_text("The harbour opens at ten.")
            os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
        n.append(1)
        return found

    monkeypatch.setattr(Fence, "load_and_cut", changed_meanwhile)
    assert main(["add", str(path)]) == 0
    library = Library(Settings(home=tmp_path / "home"))
    (record,) = library.catalogue.documents()
    assert library.catalogue.text(record.id) == "The harbour opens at ten."
    assert len(n) == 2
