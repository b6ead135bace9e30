"""Workers are real processes, and survive what can happen to them and to others."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from app.jobs import JobBoard
from indexes.job_records import Ending, NewJob
from indexes.jobs import JobTable
from indexes.library import Library
from ingest.living import is_alive, living_workers
from rag.errors import Cancelled
from rag.settings import Settings
from tests.ingest.working import named, start_worker, states, until, working

NOTE = b"# Harbour\n\nThe harbour opens at six. Boats leave with the tide.\n"
LONG = "\n\n".join(f"Paragraph {i} says that boat {i} is painted in colour {i * 7}." for i in range(2500)).encode()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(home=tmp_path / "home"))


@pytest.fixture
def board(library: Library) -> JobBoard:
    return JobBoard(library)


def put_in(jobs: JobTable, n: int = 3) -> list[int]:
    return jobs.add("batch", "default", [NewJob(f"{i}.md", f"/nowhere/{i}.md", 10) for i in range(n)])


def alive(_owner: str) -> bool:
    return True


def test_a_file_belongs_to_one_worker(library: Library):
    jobs = library.jobs
    put_in(jobs)
    first, second = jobs.claim("a", alive), jobs.claim("b", alive)
    assert first and second
    assert first.id != second.id
    assert jobs.claim("a", alive)
    assert jobs.claim("a", alive) is None
    with pytest.raises(Cancelled):
        jobs.finish(first.id, "b", Ending("ready"))
    jobs.finish(first.id, "a", Ending("failed", "broken"))
    ended = jobs.job(first.id)
    assert ended is not None
    assert (ended.state, ended.step, ended.reason) == ("failed", "waiting", "broken")


def test_the_file_of_a_dead_worker_is_taken_up_alone_and_not_for_ever(library: Library):
    jobs = library.jobs
    put_in(jobs, 1)
    other = jobs.add("batch", "default", [NewJob("other.md", "/nowhere")])[0]
    for attempt in (1, 2, 3):
        job = jobs.claim(f"w{attempt}", lambda owner: owner == "nobody")
        assert job is not None
        if attempt == 1:
            assert jobs.claim("healthy", alive, like=job).id == other  # type: ignore[union-attr]
            jobs.finish(other, "healthy", Ending("ready"))
        assert job.attempts == attempt
        assert jobs.claim("x", alive, like=job) is None
    assert jobs.claim("w4", lambda _owner: False) is None
    (left,) = [job for job in jobs.jobs() if job.source == "0.md"]
    assert left.state == "failed"
    assert "3 times" in left.reason
    jobs.retry([left.id], {"chunk_tokens": 100})
    again = jobs.job(left.id)
    assert again is not None
    assert (again.state, again.attempts, again.options) == ("queued", 0, {"chunk_tokens": 100})


def test_a_silent_workers_lease_runs_out(library: Library, monkeypatch: pytest.MonkeyPatch):
    jobs = library.jobs
    (number,) = put_in(jobs, 1)
    assert jobs.claim("a", alive)
    assert jobs.claim("b", alive) is None
    now = time.monotonic()
    monkeypatch.setattr(JobTable, "_ticks", staticmethod(lambda: now + 31))
    assert jobs.claim("b", alive)
    assert jobs.progress("a", {number: ("embedding", 1, 2)}) == set()
    assert jobs.progress("b", {number: ("embedding", 1, 2)}) == {number}


def test_a_cancelled_file_never_becomes_visible(library: Library):
    jobs = library.jobs
    (number,) = put_in(jobs, 1)
    assert jobs.claim("a", alive)
    jobs.cancel([number])
    assert jobs.progress("a", {}) == set()
    with pytest.raises(Cancelled):
        jobs.finish(number, "a", Ending("ready"))
    assert not jobs.has_open()


def test_queued_twice_is_one_job_of_the_later_batch(library: Library):
    jobs = library.jobs
    ids = put_in(jobs)
    again = jobs.add("later", "default", [NewJob("0.md", "/elsewhere/0.md")])
    assert again == ids[:1]
    assert jobs.job(ids[0]).path == "/elsewhere/0.md"  # type: ignore[union-attr]
    assert [job.id for job in jobs.jobs("later")] == again


def test_workers_are_known_to_live_and_to_have_died(tmp_path: Path):
    assert living_workers(tmp_path) == []
    worker = start_worker(tmp_path)
    until(lambda: living_workers(tmp_path))
    (name,) = living_workers(tmp_path)
    assert is_alive(tmp_path, name)
    worker.kill()
    worker.communicate()
    assert not is_alive(tmp_path, name)
    assert living_workers(tmp_path) == []


@pytest.mark.slow
def test_good_and_bad_files_together(board: JobBoard, library: Library):
    files = [("note.md", NOTE), ("empty.pdf", b""), ("fake.pdf", b"not a pdf at all"), ("\U0001f600\n.txt", b"A buoy.")]
    board.add(files, "default")
    with working(library.settings.home):
        until(lambda: not board.is_busy)
    expected = {"note.md": "ready", "empty.pdf": "failed", "fake.pdf": "failed", "\U0001f600.txt": "ready"}
    assert states(library.jobs) == expected
    assert named(library.jobs, "empty.pdf").reason.startswith("empty.pdf is empty (0 bytes): see")
    ready = named(library.jobs, "note.md")
    assert (ready.document, ready.chunks) == (1, 1)
    assert {record.source for record in library.catalogue.documents()} == {"note.md", "\U0001f600.txt"}


@pytest.mark.slow
def test_the_same_again_and_others_of_its_name(board: JobBoard, library: Library):
    with working(library.settings.home):
        for content in (NOTE, NOTE, NOTE + b"The lighthouse is white.\n"):
            board.add([("note.md", content)], "default")
            until(lambda: not board.is_busy)
        board.add([("note.md", NOTE)], "other")
        until(lambda: not board.is_busy)
        found = [(record.collection, record.source) for record in library.catalogue.documents()]
        assert found == [("default", "note.md"), ("default", "note (2).md"), ("other", "note.md")]
        board.add([("note.md", NOTE)], "default")
        until(lambda: not board.is_busy)
        again = [job.state for job in library.jobs.jobs() if (job.collection, job.name) == ("default", "note.md")]
        assert again == ["unchanged"]
        board.add([("copy.md", NOTE)], "default")
        until(lambda: not board.is_busy)
    record = library.catalogue.find("default", "copy.md")
    assert record is not None
    assert (record.source, record.also) == ("note.md", ("copy.md",))
    assert "same content as note.md" in named(library.jobs, "copy.md").reason


@pytest.mark.slow
def test_counters_are_true(board: JobBoard, library: Library):
    seen: set[tuple[str, int, int]] = set()
    paragraphs = (f"Paragraph {i} says that boat {i} is painted in colour {i * 7}." for i in range(4000))
    board.add([("long.md", "\n\n".join(paragraphs).encode())], "default")
    with working(library.settings.home):
        while board.is_busy:
            seen |= {(job.state, job.done, job.total) for job in library.jobs.jobs()}
            time.sleep(0.01)
    (job,) = library.jobs.jobs()
    embedding = {(done, total) for state, done, total in seen if state == "embedding"}
    assert job.state == "ready"
    assert {total for _, total in embedding} == {job.chunks}
    assert len(embedding) > 2


@pytest.mark.slow
def test_a_killed_workers_file_is_read_by_the_next(board: JobBoard, library: Library):
    board.add([("long.md", LONG), *((f"note{i}.md", NOTE + b"%d" % i) for i in range(6))], "default")
    with working(library.settings.home) as first:
        until(lambda: named(library.jobs, "long.md").state == "embedding")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        assert named(library.jobs, "long.md").state == "embedding"  # nobody has looked yet
        with working(library.settings.home):
            until(lambda: not board.is_busy)
    assert set(states(library.jobs).values()) == {"ready"}
    assert named(library.jobs, "long.md").attempts == 2
    assert len(library.catalogue.documents()) == 7


@pytest.mark.slow
def test_cancel_ends_one_file_and_the_others_go_on(board: JobBoard, library: Library):
    board.add([("long.md", LONG), ("note.md", NOTE)], "default")
    with working(library.settings.home):
        until(lambda: named(library.jobs, "long.md").state == "embedding")
        board.cancel(named(library.jobs, "long.md").id)
        until(lambda: not board.is_busy)
        assert states(library.jobs) == {"long.md": "cancelled", "note.md": "ready"}
        assert named(library.jobs, "long.md").step == "embedding"
        assert [record.source for record in library.catalogue.documents()] == ["note.md"]
        board.retry(named(library.jobs, "long.md").id)
        until(lambda: not board.is_busy)
    assert states(library.jobs) == {"long.md": "ready", "note.md": "ready"}
    board.clear()
    assert not board.counts()


@pytest.mark.slow
def test_two_workers_share_the_work(board: JobBoard, library: Library):
    board.add(((f"{i}.md", NOTE + b"Boat %d is red.\n" % i) for i in range(120)), "default")
    workers = [start_worker(library.settings.home, "--once") for _ in range(2)]
    said = [worker.communicate(timeout=240)[0].splitlines() for worker in workers]
    assert sum(map(len, said)) == 120
    assert all(said), "one of them had nothing to do"
    assert len(library.catalogue.documents()) == 120


@pytest.mark.slow
def test_dead_workers_are_replaced_and_all_end_together(library: Library):
    keeper = start_worker(library.settings.home, "--keep", "2")
    try:
        until(lambda: len(living_workers(library.settings.home)) == 2)
        name = living_workers(library.settings.home)[0]
        os.kill(int(name.split("-")[-2]), signal.SIGKILL)
        until(lambda: len(set(living_workers(library.settings.home)) - {name}) == 2)
    finally:
        keeper.terminate()
        keeper.communicate(timeout=240)
    assert living_workers(library.settings.home) == []


@pytest.mark.slow
def test_a_wrong_setting_ends_a_worker_with_a_sentence(tmp_path: Path):
    worker = start_worker(tmp_path, FOOTNOTE_CHUNKER="guess")
    assert worker.wait(240) == 2
    worker.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("options", ['{"chunk_tokens": "x"}', "{not json", "[1]"])
def test_a_file_with_options_that_cannot_be_used_fails_alone(library: Library, tmp_path: Path, options: str):
    (tmp_path / "a.txt").write_text("The harbour opens at six.")
    bad, good = library.jobs.add("batch", "default", [NewJob(n, str(tmp_path / "a.txt"), 1) for n in ("bad", "good")])
    library.catalogue.database.execute("UPDATE jobs SET options = ? WHERE id = ?", (options, bad))
    start_worker(library.settings.home, "--once").communicate(timeout=240)
    ended = {job.id: job for job in library.jobs.jobs()}
    assert (ended[bad].state, ended[good].state) == ("failed", "ready")
    assert "chunk_tokens" in ended[bad].reason or "damaged options" in ended[bad].reason
