"""The job table on its own: whose turn it is, and which files belong to the run that goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.job_records import Ending, NewJob
from indexes.jobs import JobTable
from indexes.library import Library
from rag.settings import Settings

MB = 1_000_000


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(home=tmp_path))


@pytest.fixture
def jobs(library: Library) -> JobTable:
    return library.jobs


def add(jobs: JobTable, **sizes: int) -> list[int]:
    return jobs.add("batch", "default", [NewJob(name, f"/nowhere/{name}", size) for name, size in sizes.items()])


def alive(_owner: str) -> bool:
    return True


def taken(jobs: JobTable, n: int) -> list[str]:
    claimed = [jobs.claim("worker", alive) for _ in range(n)]
    return [job.source for job in claimed if job]


def test_small_files_pass_a_large_one(jobs: JobTable):
    add(jobs, large=90 * MB, first=1000, second=50_000, third=0)
    assert taken(jobs, 4) == ["first", "second", "third", "large"]


def test_a_large_file_is_not_passed_for_ever(jobs: JobTable):
    add(jobs, large=MB)
    order: list[str] = []
    for n in range(30):  # another one always comes
        add(jobs, **{f"small{n}": 10})
        order += taken(jobs, 1)
    assert order.index("large") == 9  # MB are 10 places, of which its own is the first


def test_files_of_about_the_same_size_keep_their_order(jobs: JobTable):
    add(jobs, a=80_000, b=10, c=40_000, d=0)
    assert taken(jobs, 4) == ["a", "b", "c", "d"]


def end(jobs: JobTable, number: int, state: str = "ready") -> None:
    jobs.claim("worker", alive)
    jobs.finish(number, "worker", Ending(state))  # type: ignore[arg-type]


def age(library: Library, seconds: float) -> None:
    """As if all that has happened had happened so long ago."""
    sql = "UPDATE jobs SET queued_at = queued_at - ?, finished_at = finished_at - ? * (finished_at > 0)"
    library.catalogue.database.execute(sql, (seconds, seconds))


def test_a_run_is_what_went_on_without_a_pause(jobs: JobTable, library: Library):
    assert jobs.counts(jobs.began()) == {}
    for number in add(jobs, old=1, older=1):
        end(jobs, number, "failed")
    assert jobs.counts(jobs.began()) == {"failed": 2}, "the last run, when none goes on"
    age(library, 3600)
    first, *_ = add(jobs, a=1, b=1, c=1)
    end(jobs, first)
    assert jobs.counts(jobs.began()) == {"ready": 1, "queued": 2}
    assert {job.source for job in jobs.foremost(9, since=jobs.began())[3:]} == {"old", "older"}
    age(library, 3600)
    (late,) = add(jobs, late=1)
    assert jobs.counts(jobs.began()) == {"ready": 1, "queued": 3}, "something was on its way all the time"
    jobs.cancel(job.id for job in jobs.jobs() if job.state == "queued" and job.id != late)
    assert jobs.counts(jobs.began()) == {"ready": 1, "queued": 1, "cancelled": 2}


def test_a_file_that_is_tried_again_stays_in_its_run(jobs: JobTable, library: Library):
    number, other = add(jobs, a=1, b=1)
    end(jobs, number, "failed")
    end(jobs, other, "failed")
    age(library, 3600)
    jobs.retry([number])
    assert jobs.counts(jobs.began()) == {"queued": 1, "failed": 1}
    assert [job.source for job in jobs.foremost(9, since=jobs.began())] == ["b", "a"]
    assert jobs.busy_since() > jobs.began() + 3000, "the rate is not told over the time in which nothing went on"
    end(jobs, number)
    assert jobs.counts(jobs.began()) == {"ready": 1, "failed": 1}
    add(jobs, new=1)
    age(library, -3600)
    assert jobs.counts(jobs.began())["queued"] == 1
