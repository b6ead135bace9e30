"""`worker`, `status`, `jobs`, `cancel` and `retry`: the files on their way in, and who is at them."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from indexes.catalogue_file import closed, is_read_only
from indexes.home import load_settings
from indexes.job_records import Job
from indexes.library import Library
from indexes.terminal import first_of, one_line, stop_on_sigterm
from ingest.commands.naming import check_which
from ingest.commands.showing import options_of, print_json, summary
from ingest.gone import gone, told_gone
from ingest.ledger import Outcome
from ingest.living import living_workers
from ingest.older import older_notes, older_summary
from ingest.pace import pace
from ingest.reindexing import reindexing_process
from ingest.removal import clear_jobs
from ingest.staleness import Stale, stale_documents
from ingest.steps import told_counts, where, with_reason
from ingest.supervision import keep_workers
from ingest.worker import Worker
from rag.errors import InputError
from rag.types import counted

Fits = Callable[[Job], bool]


def worker(arguments: argparse.Namespace) -> int:
    """Take in whatever is queued, until stopped; `--once` ends when nothing is left, `--keep N` looks after workers."""
    stop_on_sigterm()
    if arguments.keep is not None:
        if arguments.keep < 1:
            raise InputError(f"--keep {arguments.keep} keeps nothing running: give a number from 1")
        home = load_settings().home  # a wrong setting ends here and not in every worker
        if is_read_only(home):
            raise closed(home)
        keep_workers(arguments.keep)
        return 0
    with Worker(arguments.open_library()) as taking:
        if arguments.once:
            return _once(taking, arguments)
        for outcome in taking.serve(with_parent=arguments.with_parent):
            _told(outcome, arguments)
    return 0


def _once(taking: Worker, arguments: argparse.Namespace) -> int:
    """What is queued now; 1 when a file failed."""
    outcomes = []
    for outcome in taking.work():
        _told(outcome, arguments)
        outcomes.append(outcome)
    if not arguments.json:
        print(summary(outcomes))
    taking.tune()
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0


def _told(outcome: Outcome, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json([asdict(outcome)])
    else:
        print(f"{outcome.state:<10} {one_line(with_reason(outcome.source, outcome.reason))}", flush=True)


def status(arguments: argparse.Namespace) -> int:
    """What is there, what is on its way, and what has become stale."""
    library: Library = arguments.open_library()
    collections, weights = library.catalogue.collections(), library.weights()
    workers = living_workers(library.settings.home)
    stale, reindexing = stale_documents(library), reindexing_process(library.settings.home)
    counts = library.jobs.counts()
    older = older_summary(library)
    if arguments.json:
        reasons = {str(record.id): why for record, why in stale}
        lost = [record.id for record in gone(library, [record for record, why in stale if why != "embedder"])]
        measured = asdict(pace(library.jobs, time.time()))
        told_of = {"collections": collections, "weights": {name: asdict(one) for name, one in weights.items()}}
        told_of |= {"workers": workers, "jobs": counts, "pace": measured}
        print_json(
            [told_of | {"stale": reasons, "gone": lost, "reindex": reindexing, "older_content": older_notes(library)}]
        )
        return 0
    for name, n in collections.items():
        print(f"{one_line(name)}: {counted(n, 'document')}; dense weight {weights[name].told}")
    print(f"workers: {len(workers) or 'none is running'}")
    if told := sorted(told_counts(counts, has_worker=bool(workers)).items()):
        print("files: " + ", ".join(f"{n} {state}" for state, n in told))
    if library.jobs.has_open():
        speed = pace(library.jobs, time.time()).told or "it is too early to tell how long it takes"
        print(speed if workers else "nothing happens until a worker runs")
    if older:
        print(f"{older}; `python -m ingest list` says why")
    _show_stale(library, stale, reindexing)
    return 0


def _show_stale(library: Library, stale: Stale, reindexing: str) -> None:
    """What a reindex would read again, what it could not, and whether one is at it."""
    for why, names in _by_reason(stale).items():
        print(f"stale ({why}): {counted(len(names), 'document')}: {first_of(names)}")
    lost = gone(library, [record for record, why in stale if why != "embedder"])
    for line in told_gone(library, lost):
        print(line)
    which = "the others" if lost else "these"
    if reindexing:
        print(f"reindex: process {reindexing} is at it, and needs no second one; searches go on")
    elif len(lost) < len(stale):
        print(f"`python -m ingest reindex` reads {which} again, while searches go on")


def _by_reason(stale: Stale) -> Mapping[str, Sequence[str]]:
    """Why documents are stale -> which ones are."""
    names = defaultdict(list)
    for record, why in stale:
        names[why].append(f"{record.id} {record.source}")
    return names


def jobs(arguments: argparse.Namespace) -> int:
    """The files on their way in, and those that have ended since the list was cleared."""
    library: Library = arguments.open_library()
    if arguments.clear:
        n_cleared = clear_jobs(library)
        print_json([{"cleared": n_cleared}]) if arguments.json else print(f"cleared {counted(n_cleared, 'job')}")
    found = library.jobs.jobs()
    if arguments.json:
        print_json(asdict(job) for job in found)
        return 0
    workers = living_workers(library.settings.home)
    for job in found:
        print(f"{job.id:>6}  {where(job, workers)!s:<24}  {one_line(with_reason(job.source, job.reason))}")
    if not found:
        print("no files on their way")
    return 0


def cancel(arguments: argparse.Namespace) -> int:
    """Files off their way, by their numbers or all of them."""
    library: Library = arguments.open_library()
    wanted = _chosen(library, arguments, lambda job: not job.is_finished)
    library.jobs.cancel(job.id for job in wanted)
    return _said(arguments, wanted, "cancelled")


def retry(arguments: argparse.Namespace) -> int:
    """Files again that failed or were cancelled, if wanted with other settings."""
    library: Library = arguments.open_library()
    wanted = _chosen(library, arguments, lambda job: job.state in ("failed", "cancelled"))
    library.jobs.retry([job.id for job in wanted], options_of(arguments, library.settings) or None)
    if wanted and not arguments.json and not living_workers(library.settings.home):
        print("no worker is running: `make run` or `python -m ingest worker` starts one")
    return _said(arguments, wanted, "queued")


def _chosen(library: Library, arguments: argparse.Namespace, fits: Fits) -> list[Job]:
    check_which(arguments.jobs, "files, by their numbers in `python -m ingest jobs`", is_all=arguments.all)
    jobs = library.jobs.jobs()
    if arguments.all:
        return [job for job in jobs if fits(job)]
    by_number = {str(job.id): job for job in jobs}
    fit = {number: job for number, job in by_number.items() if fits(job)}
    numbers = dict.fromkeys(arguments.jobs)
    if wrong := [_unfit(number, by_number.get(number)) for number in numbers if number not in fit]:
        raise InputError(f"{'; '.join(wrong)}; `python -m ingest jobs` shows all of them")
    return [fit[number] for number in numbers]


def _unfit(number: str, job: Job | None) -> str:
    """Why nothing can be done with a file now."""
    if job is None:
        return f"{one_line(number)}: there is no such file, or it was taken in and is no longer listed"
    if job.is_finished:
        return f"{number}: {one_line(job.name)} is finished ({job.state})"
    return f"{number}: {one_line(job.name)} is still on its way ({job.state})"


def _said(arguments: argparse.Namespace, jobs: list[Job], state: str) -> int:
    if arguments.json:
        print_json({"job": job.id, "source": job.source, "state": state} for job in jobs)
    else:
        print(f"{len(jobs)} {state}")
    return 0
