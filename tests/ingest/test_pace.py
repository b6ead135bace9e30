"""How long the rest takes: told once it can be known, and then not far from the truth, in runs that really happen."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexes.job_records import Ending, NewJob
from indexes.jobs import JobTable
from indexes.library import Library
from ingest.cli import main
from ingest.pace import Pace, pace
from rag.settings import Settings
from tests.ingest.working import ROOT

WORKER = "some-worker"


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


@pytest.mark.slow
def test_what_was_told_is_not_far_from_the_truth(home: Path, tmp_path: Path):
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(60):
        (folder / f"a{n:02}.md").write_text(
            f"Note {n} says when the harbour opens, and that boats leave with the tide."
        )
    for n in range(12):
        lines = (f"On day {n}-{day} the harbour of Fowey opened at {day % 12}, and a boat left." for day in range(250))
        (folder / f"b{n}.txt").write_text("\n".join(lines))
    assert main(["add", str(folder), "--detach"]) == 0
    table = Library(Settings(home=home)).jobs
    command = [sys.executable, "-m", "ingest", "worker", "--once"]
    start, seen = time.time(), []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as worker:
        while worker.poll() is None and table.has_open():
            seen.append((time.time(), pace(table, time.time()).seconds_left))
            time.sleep(0.2)
        end = time.time()
    told = [(now, left) for now, left in seen if left is not None]
    for share in (0.25, 0.5, 0.75):
        now, left = min(seen, key=lambda one: abs(one[0] - start - share * (end - start)))
        sys.stdout.write(f"{share:.0%} of {end - start:.0f} s: told {left}, true {end - now:.1f}\n")
    assert max(left for _, left in told) < 4 * (end - start)
    assert statistics.median(abs(left - (end - now)) for now, left in told) < 0.5 * (end - start)
