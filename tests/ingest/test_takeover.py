"""Workers that stand still, clocks that are set, files whose times lie: nothing is lost, nothing is written twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from indexes.job_records import Job, NewJob
from indexes.jobs import JobTable
from indexes.library import Library
from indexes.ownership import Ownership
from ingest.cli import main
from ingest.doctor import examine
from ingest.index_check import keyword_index
from ingest.living import SignOfLife, is_alive, living_workers
from rag.settings import Settings
from tests.ingest.working import ROOT, stop, until

LONG = "\n\n".join(f"Paragraph {i} says that boat {i} is painted in colour {i * 7}." for i in range(2500))
_IMPATIENT = """
import sys
import indexes.jobs, ingest.worker
indexes.jobs.LEASE_S, ingest.worker._BEAT_S = 1.5, 0.3
from ingest.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A process whose lease is short, so that nobody waits half a minute for its end."""
_FORKING = """
import os, time
import ingest.worker
from ingest.living import SignOfLife
class Forking(SignOfLife):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        if os.fork() == 0:
            time.sleep(300)
            os._exit(0)
ingest.worker.SignOfLife = Forking
"""
"""It leaves a child behind that holds its lock."""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(home=tmp_path / "home"))


def impatient_worker(home: Path) -> subprocess.Popen[str]:
    return impatient(home, "worker")


def impatient(home: Path, *arguments: str, before: str = "", is_json: bool = True) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", before + _IMPATIENT, *arguments, *(["--json"] if is_json else [])]
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True)


def the_job(library: Library) -> Job:
    return library.jobs.jobs()[0]


@pytest.mark.slow
def test_a_worker_that_stood_still_writes_nothing_twice(library: Library, tmp_path: Path):
    (tmp_path / "long.txt").write_text(LONG)
    home = library.settings.home
    library.jobs.add("b", "default", [NewJob(*[str(tmp_path / "long.txt")] * 2)])
    first = impatient_worker(home)
    until(lambda: the_job(library).state == "embedding" and the_job(library).done)
    stop(first, home)
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
    until(lambda: keyword_index(library).good)  # it follows a moment after the catalogue
    first.terminate()
    said, _ = first.communicate(timeout=240)
    assert '"taken over"' in said, "the first one knows that the file was taken from it, and works on"
    assert library.catalogue.sequence() == sequence + 1, "only next.txt was written since"
    assert [Path(record.source).name for record in library.catalogue.documents()] == ["long.txt", "next.txt"]
    assert [f.text for f in examine(library) if not f.good and f.what != "disk"] == []


@pytest.mark.slow
@pytest.mark.parametrize("is_cancelled", [False, True])
def test_what_was_taken_over_is_not_told_as_cancelled(library: Library, tmp_path: Path, is_cancelled: bool):
    home = library.settings.home
    for n in range(8):
        (tmp_path / f"{n}.txt").write_text(f"File {n} has a text of its own.")
    library.jobs.add("b", "default", [NewJob(str(path), str(path)) for path in sorted(tmp_path.glob("*.txt"))])
    first = impatient(home, "worker", "--once", is_json=False)
    until(lambda: library.jobs.counts().keys() - {"queued"})
    stop(first, home)
    assert library.jobs.has_open()
    if is_cancelled:
        library.jobs.cancel_batch("b")
    else:
        time.sleep(2)
        said, _ = impatient(home, "worker", "--once", is_json=False).communicate(timeout=240)
        assert "ready, 0 unchanged, 0 failed; " in said
        assert not library.jobs.has_open()
    os.killpg(first.pid, signal.SIGCONT)
    said, _ = first.communicate(timeout=240)
    tally = said.splitlines()[-1]
    assert first.returncode == 0, said
    assert ("taken over by another worker" in tally, "cancelled" in tally) == (not is_cancelled, is_cancelled)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A long file, and some that wait behind it."""
    made = tmp_path / "d"
    made.mkdir()
    (made / "0.txt").write_text(LONG)
    for n in range(1, 30):
        (made / f"{n}.txt").write_text(f"File {n} has a text of its own. " + LONG[: 300 + n])
    return made


def is_halfway(library: Library) -> bool:
    return any(job.state == "embedding" and job.done for job in library.jobs.jobs()) and bool(
        library.jobs.counts().get("queued")
    )


def check_each_once(library: Library, folder: Path) -> None:
    sources = sorted(record.source for record in library.catalogue.documents())
    assert sources == sorted(map(str, folder.iterdir()))
    chunks = [chunk for record in library.catalogue.documents() for chunk in library.catalogue.chunks_of(record.id)]
    assert len({(chunk.document_id, chunk.start) for chunk in chunks}) == len(chunks) == library.catalogue.n_chunks()
    assert [f.text for f in examine(library) if not f.good and f.what != "disk"] == []


@pytest.mark.slow
def test_a_dead_add_whose_child_holds_its_lock_is_dead(library: Library, folder: Path):
    first = impatient(library.settings.home, "add", str(folder), before=_FORKING)
    try:
        until(lambda: is_halfway(library))
        first.kill()
        first.wait(240)
        (name,) = os.listdir(library.settings.home / "workers")
        assert Ownership.take(library.settings.home / "workers" / name) is None, "the child has it"
        second = impatient(library.settings.home, "add", str(folder))
        said, _ = second.communicate(timeout=240)
        assert second.returncode == 0
        assert {json.loads(line)["state"] for line in said.splitlines()} <= {"ready", "unchanged"}
        check_each_once(library, folder)
        assert living_workers(library.settings.home) == []
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()


@pytest.mark.slow
def test_an_add_that_stood_still_loses_its_files_and_says_how_they_ended(library: Library, folder: Path):
    home = library.settings.home
    first = impatient(home, "add", str(folder))
    try:
        until(lambda: is_halfway(library))
        stop(first, home)
        second = impatient(home, "add", str(folder))
        said, _ = second.communicate(timeout=240)
        assert second.returncode == 0, said
        check_each_once(library, folder)
        sequence = library.catalogue.sequence()
        os.killpg(first.pid, signal.SIGCONT)
        said, _ = first.communicate(timeout=240)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(first.pid, signal.SIGKILL)
    assert first.returncode == 0, said
    rows = [json.loads(line) for line in said.splitlines()]
    assert {row["state"] for row in rows} <= {"ready", "unchanged"}
    assert {row["source"] for row in rows} == set(map(str, folder.iterdir()))
    assert library.catalogue.sequence() == sequence, "it wrote nothing more"
    check_each_once(library, folder)


def test_a_lease_that_has_run_out_is_a_death(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sign = SignOfLife(tmp_path, "w")
    assert living_workers(tmp_path) == ["w"]
    late = time.monotonic() + 31
    with monkeypatch.context() as patched:
        patched.setattr(time, "monotonic", lambda: late)
        assert not is_alive(tmp_path, "w")
        sign.renew()
        assert is_alive(tmp_path, "w"), "it goes on"
    assert not is_alive(tmp_path, "w"), "as after a new start of the machine, whose clock begins anew"
    sign.renew()
    sign.end()
    assert living_workers(tmp_path) == []
    assert not (tmp_path / "workers" / "w").exists()


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


def test_a_worker_that_stood_still_keeps_what_nobody_took(library: Library, monkeypatch: pytest.MonkeyPatch):
    """It had counted itself as dead, and the file as one that a worker had died over."""
    jobs = library.jobs
    numbers = jobs.add("b", "default", [NewJob("a.md", "/nowhere"), NewJob("b.md", "/nowhere")])
    first = jobs.claim("a", lambda _owner: True)
    assert first is not None
    late = time.monotonic() + 31
    monkeypatch.setattr(JobTable, "_ticks", staticmethod(lambda: late))
    second = jobs.claim("a", lambda _owner: False)
    assert second is not None
    assert {first.id, second.id} == set(numbers)
    assert [job.attempts for job in jobs.jobs()] == [1, 1]
    assert jobs.progress("a", {}) == set(numbers)


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
