"""How long the rest takes: told once it can be known, and then not far from the truth, in runs that really happen."""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from indexes.job_records import Ending, Job, Moving, NewJob
from indexes.jobs import JobTable
from indexes.library import Library
from ingest.cli import main
from ingest.pace import Pace, pace
from rag.settings import Settings
from tests.ingest.working import until, working

WORKER = "some-worker"
MINUTE = 60.0


@pytest.fixture
def jobs(tmp_path: Path) -> JobTable:
    """A table of small files, large ones after them, and one that needs a long look."""
    jobs = Library(Settings(home=tmp_path)).jobs
    jobs.add("batch", "default", [NewJob(f"{n}.md", f"/nowhere/{n}.md", 10) for n in range(40)])
    jobs.add("batch", "default", [NewJob(f"{n}.pdf", f"/nowhere/{n}.pdf", 2_000_000) for n in range(4)])
    return jobs


def end_next(jobs: JobTable, chunks: int = 1) -> None:
    job = jobs.claim(WORKER, lambda _owner: True)
    assert job is not None
    jobs.finish(job.id, WORKER, Ending("ready", chunks=chunks))


def test_nothing_is_told_before_enough_is_known(jobs: JobTable):
    start = time.time()
    assert pace(jobs, start) == Pace(0.0, None)
    end_next(jobs)
    assert pace(jobs, start + 30).seconds_left is None, "one file says little about forty"
    for _ in range(3):
        end_next(jobs)
    assert pace(jobs, start + 3).seconds_left is None, "the first seconds go into getting ready"
    assert pace(jobs, start + 30).seconds_left is None, "most of the bytes are in the large files, which come last"
    for _ in range(37):
        end_next(jobs)
    left = pace(jobs, start + 30).seconds_left
    assert left is not None
    assert 10 < left < 120


def test_no_time_is_left_when_all_is_done(tmp_path: Path):
    jobs = Library(Settings(home=tmp_path)).jobs
    jobs.add("batch", "default", [NewJob(f"{n}.md", f"/nowhere/{n}.md", 10) for n in range(9)])
    for _ in range(9):
        end_next(jobs, 50)
    speed = pace(jobs, time.time() + 20)
    assert speed.chunks_a_second > 0
    assert speed.seconds_left is None


def test_one_large_file_alone_is_told_by_its_pages(tmp_path: Path):
    jobs = Library(Settings(home=tmp_path)).jobs
    (number,) = jobs.add("batch", "default", [NewJob("a.pdf", "/nowhere/a.pdf", 2_000_000)])
    assert jobs.claim(WORKER, lambda _owner: True)
    jobs.progress(WORKER, {number: ("embedding", 50, 100)})
    left = pace(jobs, time.time() + 60).seconds_left
    assert left is not None
    assert 20 < left < 90


def test_of_large_texts_the_embedder_tells_how_long_they_take(tmp_path: Path):
    jobs = Library(Settings(home=tmp_path)).jobs
    numbers = jobs.add("batch", "default", [NewJob(f"{n}.txt", f"/nowhere/{n}.txt", 900_000) for n in range(4)])
    while jobs.claim(WORKER, lambda _owner: True):
        pass
    jobs.progress(WORKER, dict.fromkeys(numbers, ("cut", 0, 1000)))
    assert pace(jobs, time.time() + 10).seconds_left is None, "nothing is embedded yet"
    jobs.progress(WORKER, {numbers[0]: ("embedding", 500, 1000)})
    left = pace(jobs, time.time() + 10).seconds_left
    assert left is not None
    assert 60 < left < 80, "3,500 passages at 50 a second"


def test_an_embedder_that_waits_for_files_does_not_tell_how_long_they_take(tmp_path: Path):
    """It had raised the estimate to minutes, as few passages had come to it so far."""
    jobs = Library(Settings(home=tmp_path)).jobs
    numbers = jobs.add("batch", "default", [NewJob(f"{n}.pdf", f"/nowhere/{n}.pdf", 900_000) for n in range(3)])
    while jobs.claim(WORKER, lambda _owner: True):
        pass
    embedding, cut, parsing = numbers
    steps = {embedding: ("embedding", 100, 110), cut: ("cut", 0, 400)}
    jobs.progress(WORKER, steps | {parsing: ("parsing", 90, 100)})
    while_it_is_read = pace(jobs, time.time() + 10).seconds_left
    jobs.progress(WORKER, steps | {parsing: ("cut", 0, 400)})
    when_all_is_read = pace(jobs, time.time() + 10).seconds_left
    assert while_it_is_read is not None
    assert while_it_is_read < 30
    assert when_all_is_read is not None
    assert when_all_is_read > 60


def test_an_embedder_that_has_just_begun_does_not_tell_how_long_it_takes(tmp_path: Path):
    """Half an hour was announced for what took one minute."""
    jobs = Library(Settings(home=tmp_path)).jobs
    numbers = jobs.add("batch", "default", [NewJob(f"{n}.md", f"/nowhere/{n}.md", 90_000) for n in range(4)])
    while jobs.claim(WORKER, lambda _owner: True):
        pass
    jobs.progress(WORKER, dict.fromkeys(numbers, ("cut", 0, 200)) | {numbers[0]: ("embedding", 8, 200)})
    assert pace(jobs, time.time() + 20).seconds_left is None


def test_small_files_that_wait_do_not_hide_how_long_the_embedder_takes(tmp_path: Path):
    """As what was inside of an archive does, which is read when all else is through."""
    jobs = Library(Settings(home=tmp_path)).jobs
    jobs.add("batch", "default", [NewJob(f"{n}.md", f"/nowhere/{n}.md", 20_000) for n in range(10)])
    for _ in range(10):
        end_next(jobs, chunks=10)
    (book,) = jobs.add("batch", "default", [NewJob("book.epub", "/nowhere/book.epub", 300_000)])
    assert jobs.claim(WORKER, lambda _owner: True)
    jobs.progress(WORKER, {book: ("embedding", 100, 500)})
    jobs.add("batch", "default", [NewJob("all.zip!/a.md", "/nowhere/a.md", 100)])
    left = pace(jobs, time.time() + 50).seconds_left
    assert left is not None
    assert 90 < left < 110, "400 passages at 4 a second"


def test_the_bytes_of_a_large_first_file_are_enough(tmp_path: Path):
    jobs = Library(Settings(home=tmp_path)).jobs
    sizes = [2_000_000, *[10_000] * 11]
    number, *_ = jobs.add("batch", "default", [NewJob(f"{n}.md", f"/nowhere/{n}.md", s) for n, s in enumerate(sizes)])
    job = jobs.claim(WORKER, lambda _owner: True)
    while job is not None and job.id != number:  # small files pass it
        jobs.cancel([job.id])
        job = jobs.claim(WORKER, lambda _owner: True)
    jobs.add("batch", "default", [NewJob(f"late{n}.md", f"/nowhere/late{n}.md", 10_000) for n in range(11)])
    assert pace(jobs, time.time() + 90).seconds_left is None, "nothing is done of it"
    jobs.progress(WORKER, {number: ("parsing", 90, 100)})
    assert [pace(jobs, time.time() + seconds).seconds_left is None for seconds in (30, 90)] == [True, False]
    jobs.progress(WORKER, {number: ("embedding", 600, 1200)})
    left = pace(jobs, time.time() + 30).seconds_left
    assert left is not None
    assert 10 < left < 60


def test_an_earlier_run_says_nothing_about_this_one(jobs: JobTable):
    for _ in range(20):
        end_next(jobs)
    open_ones = [job.id for job in jobs.jobs() if not job.is_finished]
    jobs.cancel(open_ones)
    jobs._database.execute("UPDATE jobs SET queued_at = queued_at - 90, finished_at = finished_at - 90")
    jobs.add("later", "default", [NewJob(f"late{n}.md", f"/nowhere/{n}.md", 10) for n in range(9)])
    assert pace(jobs, time.time() + 10) == Pace(0.0, None)


@pytest.mark.parametrize(
    ("speed", "told"),
    [
        (Pace(0.0, None), ""),
        (Pace(0.001, 40), "about 40 s left"),
        (Pace(0.3, None), ""),
        (Pace(0.4, 40), "about 40 s left"),
        (Pace(1.2, None), "1 passage a second"),
        (Pace(1234.5, 600), "1,234 passages a second, about 10 min left"),
    ],
)
def test_no_rate_of_nothing_is_told(speed: Pace, told: str):
    assert speed.told == told


@dataclass(frozen=True)
class Then:
    """What the table told at one moment of a run, as if the run had taken a minute: a machine's speed shows in none."""

    now: float
    known: Moving

    def busy_since(self) -> float:
        return 0.0

    def moving(self, _since: float) -> Moving:
        return self.known


def in_a_minute(seen: list[tuple[float, Moving]], start: float, end: float) -> list[Then]:
    """A run that was watched, at every moment at which it was, with its times stretched or drawn together."""

    def at(when: float) -> float:
        return max(0.0, when - start) * MINUTE / (end - start)

    def moved(job: Job) -> Job:
        return replace(job, started_at=at(job.started_at), finished_at=at(job.finished_at))

    return [Then(at(now), replace(known, jobs=list(map(moved, known.jobs)))) for now, known in seen]


@pytest.mark.slow
def test_what_was_told_is_not_far_from_the_truth(home: Path, tmp_path: Path):
    """Of a run of a worker that is ready; how long it takes to get ready says nothing about the files."""
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(60):
        (folder / f"a{n:02}.md").write_text(
            f"Note {n} says when the harbour opens, and that boats leave with the tide."
        )
    # Many more than are read ahead of the embedder, and long: a short stall must not be much of the whole time.
    for n in range(60):
        lines = (f"On day {n}-{day} the harbour of Fowey opened at {day % 12}, and a boat left." for day in range(120))
        (folder / f"b{n:02}.txt").write_text("\n".join(lines))
    (tmp_path / "first.md").write_text("The harbour opens at six.")
    table, seen = Library(Settings(home=home)).jobs, []
    with working(home):
        assert main(["add", str(tmp_path / "first.md"), "--detach"]) == 0
        until(lambda: table.counts() == {"ready": 1})
        assert main(["add", str(folder), "--detach"]) == 0
        start = table.jobs()[-1].queued_at
        while table.has_open():
            seen.append((time.time(), table.moving(start)))
            time.sleep(0.05)
    end = max(job.finished_at for job in table.jobs())
    assert table.counts() == {"ready": 121}
    told = [(then.now, pace(then, then.now).seconds_left) for then in in_a_minute(seen, start, end)]
    off = [abs(left - (MINUTE - now)) for now, left in told if left is not None]
    sys.stdout.write(
        f"{end - start:.1f} s: told at {len(off)} of {len(told)} moments, {statistics.median(off):.1f} and "
        f"at most {max(off):.1f} s of {MINUTE:.0f} off\n"
    )
    assert len(off) > len(told) / 4
    assert max(off) < 1.5 * MINUTE
    assert statistics.median(off) < 0.4 * MINUTE
