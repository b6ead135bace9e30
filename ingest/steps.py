"""Where a file is on its way, in the words that the page and the commands share."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from indexes.job_records import RUNNING, Job, State
from ingest.fetch.address import shown
from ingest.web import is_address
from rag.types import counted

_WORKERLESS = "waiting for a worker"
_WORDS: Mapping[str, str] = {
    "waiting": "queued",
    "fetching": "fetching the page",
    "chunking": "cutting into passages",
    "cut": "waiting for the embedder",
    "indexing": "storing",
}
UNTOLD = ("queued", "waiting", "")
"""Steps at which nothing was done to a file yet, so that they explain no failure."""


def where(job: Job, workers: Collection[str]) -> str:
    """What is done to a file just now, given the names of the workers that live, or how it ended."""
    if is_left_alone(job, workers):
        return _WORKERLESS
    if job.state == "parsing" and job.total > 1:
        return f"parsing page {job.done:,} of {job.total:,}"
    if job.state == "chunking" and job.total > 1:
        return f"{_WORDS['chunking']}, {job.done / job.total:.0%}"
    if job.state == "embedding":
        return f"embedding {job.done:,} of {counted(job.total, 'passage')}"
    return _ended(job) if job.state in ("failed", "cancelled") else _WORDS.get(job.state, job.state)


def is_left_alone(job: Job, workers: Collection[str]) -> bool:
    """Whether nobody is at a file and nobody will be: its worker has ended, or it is queued and there is none."""
    return (job.state in RUNNING and job.owner not in workers) or (job.state == "queued" and not workers)


def _ended(job: Job) -> str:
    return job.state if job.step in UNTOLD else f"{job.state} while {_WORDS.get(job.step, job.step)}"


def told_counts(counts: Mapping[State, int], *, has_worker: bool) -> dict[str, int]:
    """How many files are where, in the same words."""
    told: dict[str, int] = {}
    for state, n in counts.items():
        is_open = state in RUNNING or state == "queued"
        words = _WORDS.get(state, state) if has_worker or not is_open else _WORKERLESS
        told[words] = told.get(words, 0) + n
    return told


def with_reason(source: str, reason: str) -> str:
    """A file by its source, and why it failed; the address of a web page, with which its reasons begin, once."""
    if is_address(source):
        reason = reason.removeprefix(f"{shown(source)} ").removeprefix(f"{source} ")
    return f"{source}: {reason}" if reason else source
