"""`add`: files and folders in, by this process itself or by the workers that run."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Any

from indexes.library import Library
from indexes.terminal import stop_on_sigterm
from ingest.commands.showing import note_new, options_of, print_json, show_passed, show_stale, summary
from ingest.cutting import with_options
from ingest.discovery import Found, find, read_list
from ingest.files import File, look_at
from ingest.kept import keep_copy
from ingest.known import compare, n_unchanged_inside, settle, still_unreadable
from ingest.ledger import Outcome
from ingest.living import is_alive, living_workers
from ingest.pace import pace
from ingest.pipeline import checked_collection
from ingest.progress import Bars, Events, Lines, Show
from ingest.sources import listed
from ingest.web import is_address, web_page
from ingest.weighing import due, tune_quietly
from ingest.worker import Worker, job_of, new_batch, outcome_of
from rag.errors import FootnoteError, InputError, LoadError, StoreError
from rag.types import counted


def add(arguments: argparse.Namespace) -> int:
    """Take in what the arguments name."""
    found = _named(arguments)
    files, skipped = found.files, found.other_kinds
    library: Library = arguments.open_library()
    collection, options = checked_collection(arguments.collection), options_of(arguments, library.settings)
    note_new(library, collection)
    if arguments.name is not None:
        limit = with_options(library.settings, options).max_file_mb * 1_000_000
        files = [_handed_in(library, file, limit) for file in files]
    if arguments.detach:
        _hand_over(library, collection, files, options, arguments)
        show_passed(arguments, skipped, found.passed_by)
        return 0
    outcomes = take_in(library, collection, files, arguments, options=options)
    show_passed(arguments, skipped, found.passed_by)
    if not arguments.json:
        _hint(library, outcomes)
        show_stale(library, collection, arguments)
        print(summary(outcomes, {"skipped": len(skipped)}, {"unchanged": n_unchanged_inside(library, outcomes)}))
    return exit_code(outcomes)


def _hint(library: Library, outcomes: Sequence[Outcome]) -> None:
    """Where the reasons are that were told when the files failed; of those that were cleared away `jobs` knows none."""
    if still := [outcome.source for outcome in outcomes if outcome.state == "unreadable"]:
        listed_as_failed = {job.source for job in library.jobs.jobs() if job.state == "failed"}
        where = "`python -m ingest jobs` says why, `retry` tries again"
        where = where if listed_as_failed.issuperset(still) else "with `--json` the reasons are told"
        print(f"still not readable: {counted(len(still), 'file')} as before; {where}")


def _named(arguments: argparse.Namespace) -> Found:
    if bool(arguments.paths) == bool(arguments.list):
        raise InputError("say which files: give their paths, or a list of them with --list")
    pages = [web_page(text) for text in arguments.paths if is_address(text)]
    paths = [text for text in arguments.paths if not is_address(text)]
    if odd := [text for text in paths if "://" in text and not Path(text).exists()]:
        raise InputError(f"{odd[0]!r} cannot be fetched: only http and https addresses can")
    patterns = {"include": arguments.include, "exclude": arguments.exclude}
    found = Found(read_list(arguments.list), [], {}) if arguments.list else find(paths, **patterns)
    found = replace(found, files=[*found.files, *pages])
    if arguments.name is None:
        return found
    name = listed(arguments.name.strip())
    if len(found.files) != 1 or not name:
        raise InputError("--name goes with one file, and is not empty")
    return replace(found, files=[replace(found.files[0], source=name)])


def _handed_in(library: Library, file: File, limit: int) -> File:
    """The copy that the library keeps of a file with a name of its own: nobody could find the file by that."""
    if file.url:  # the page is kept, once it is fetched
        return file
    try:
        look_at(file.path, limit)
    except LoadError:  # whoever reads it says what is wrong
        return file
    return replace(file, path=keep_copy(library.settings.home, file.path).path, stat=None)


def _hand_over(
    library: Library,
    collection: str,
    files: Sequence[File],
    options: dict[str, Any],
    arguments: argparse.Namespace,
) -> None:
    """Queue the files for the workers."""
    found = compare(library, collection, files, options)
    settle(library, found)
    batch = new_batch()
    home = library.settings.home
    library.jobs.add(batch, collection, starmap(job_of, found.changed), partial(is_alive, home))
    states = Counter(outcome.state for outcome in found.told)
    if arguments.json:
        still = {"unreadable": states["unreadable"]}
        print_json([{"batch": batch, "queued": len(found.changed), "unchanged": states["unchanged"], **still}])
    else:
        still_words = f", {states['unreadable']} still not readable" if states["unreadable"] else ""
        counts = f"{len(found.changed)} queued, {states['unchanged']} unchanged{still_words}"
        show_stale(library, collection, arguments)
        print(f"{counts}; `python -m ingest status` shows them")
        if not living_workers(home):
            print("no worker is running: `make run` or `python -m ingest worker` starts one")


def take_in(
    library: Library,
    collection: str,
    files: Sequence[File],
    arguments: argparse.Namespace,
    *,
    options: dict[str, Any] | None = None,
) -> list[Outcome]:
    """Take files in here and now, and show how; what became of them and of what is inside of them.

    What failed for good before, and is as it was, is told as still not readable.
    """
    found = compare(library, collection, files, options or {})
    settle(library, found)
    with shown(arguments, len(files), lambda: pace(library.jobs, time.time()).told) as show:
        outcomes = [told(show, outcome) for outcome in found.told]
        outcomes += [told(show, outcome) for outcome in _done_here(library, collection, found.changed, show)]
        outcomes += [told(show, still) for still in still_unreadable(library, outcomes)]
    if found.changed:
        _tune(library, arguments)
    return outcomes


def _tune(library: Library, arguments: argparse.Namespace) -> None:
    """Tune the weights of collections that have grown, which takes seconds; said first, where somebody may wait."""
    names = due(library)
    if names and not arguments.json:
        said = "how much meaning counts against words in searches"
        print(f"finding out {said}, by questions made from {', '.join(names)}", file=sys.stderr, flush=True)
    tune_quietly(library, lambda: not library.jobs.has_open())


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """1 when a file failed or was cancelled; one that is still not readable is no new failure."""
    return 1 if any(outcome.state in ("failed", "cancelled") for outcome in outcomes) else 0


def _done_here(
    library: Library, collection: str, files: Sequence[tuple[File, Mapping[str, Any]]], show: Show
) -> Iterator[Outcome]:
    """Through the job table, so that other workers help and everybody can watch.

    An end by force cancels the rest; what is wrong with more than one file, an embedder that cannot be opened for
    example, is the reason why each of them failed.
    """
    if not files:
        return
    stop_on_sigterm()
    home = library.settings.home
    seen: set[str] = set()
    with Worker(library, show.progress) as worker:
        ids = library.jobs.add(worker.name, collection, starmap(job_of, files), partial(is_alive, home))
        try:
            for outcome in worker.see_to(ids):
                seen.add(outcome.source)
                yield outcome
        except FootnoteError as error:
            with suppress(StoreError):
                library.jobs.fail_batch(worker.name, str(error))
            ended = [job for job in library.jobs.jobs(worker.name) if job.state == "failed" and job.source not in seen]
            yield from map(outcome_of, ended)
            raise
        except BaseException:
            with suppress(StoreError):
                library.jobs.cancel_batch(worker.name)
            raise
        ended = [job for job in library.jobs.jobs(worker.name) if job.state in ("ready", "unchanged")]
        library.jobs.clear([job.id for job in ended])
    yield from (_done_elsewhere(library, collection, file) for file, _ in files if file.source not in seen)


def _done_elsewhere(library: Library, collection: str, file: File) -> Outcome:
    """What became of a file that another command was adding, too, and whose job that has cleared away since."""
    record = library.catalogue.sources.find(collection, file.source)
    if record is None:
        return Outcome(file.source, "cancelled", "Another command took it off its way.")
    counts = (record.n_pages, record.n_chunks, 0.0, record.warnings)
    return Outcome(file.source, "ready", "Another command has read it.", record.document_id, *counts)


def told(show: Show, outcome: Outcome) -> Outcome:
    """The outcome, once it is shown."""
    show.outcome(outcome)
    return outcome


def shown(arguments: argparse.Namespace, n_files: int, speed: Callable[[], str] = str) -> Show:
    """Lines of JSON for programs, bars on a terminal, and plain lines where the output goes elsewhere."""
    if arguments.json:
        return Events(every_step=getattr(arguments, "events", False))
    return Bars(n_files, speed) if sys.stdout.isatty() else Lines(n_files, speed)
