"""`add`: files and folders in, by this process itself or by the workers that run."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Any

from indexes.library import Library
from indexes.terminal import one_line, stop_on_sigterm
from ingest.commands.showing import options_of, print_json
from ingest.discovery import Found, find, read_list
from ingest.files import File
from ingest.known import still_unreadable, unchanged
from ingest.ledger import Outcome
from ingest.pipeline import checked_collection
from ingest.progress import Bars, Events, Show
from ingest.sources import listed
from ingest.web import is_address, web_page
from ingest.worker import Worker, is_alive, job_of, living_workers, new_batch
from rag.errors import FootnoteError, InputError, StoreError

_OTHER_KIND = "Its kind cannot be read; name the file itself if it is text."


def add(arguments: argparse.Namespace) -> int:
    """Take in what the arguments name."""
    found = _named(arguments)
    files, skipped = found.files, found.other_kinds
    library: Library = arguments.open_library()
    collection, options = checked_collection(arguments.collection), options_of(arguments)
    if arguments.detach:
        return _handed_over(library, collection, files, options, arguments)
    code = take_in(library, collection, files, arguments, options=options)
    if arguments.json:
        print_json(asdict(Outcome(file.source, "skipped", _OTHER_KIND)) for file in skipped)
    elif skipped:
        print(f"{len(skipped)} skipped: files of kinds that cannot be read ({_kinds(skipped)})")
    if found.passed_by and not arguments.json:
        print(f"passed by: {', '.join(f'{n} {reason}' for reason, n in sorted(found.passed_by.items()))}")
    return code


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


def _kinds(files: Sequence[File]) -> str:
    """The endings of files with their numbers, the most frequent first."""
    counted = Counter(file.path.suffix.lower() or "no ending" for file in files)
    return ", ".join(f"{n} {one_line(suffix)}" for suffix, n in counted.most_common(8))


def _handed_over(
    library: Library,
    collection: str,
    files: Sequence[File],
    options: dict[str, Any],
    arguments: argparse.Namespace,
) -> int:
    """Queue the files for the workers."""
    _, changed = unchanged(library, collection, files, options)
    batch = new_batch()
    home = library.settings.home
    library.jobs.add(batch, collection, starmap(job_of, changed), partial(is_alive, home))
    n_workers = len(living_workers(home))
    if arguments.json:
        print_json([{"batch": batch, "queued": len(changed), "unchanged": len(files) - len(changed)}])
    else:
        print(f"{len(changed)} queued, {len(files) - len(changed)} unchanged; `python -m ingest status` shows them")
        if not n_workers:
            print("no worker is running: `make run` or `python -m ingest worker` starts one")
    return 0


def take_in(
    library: Library,
    collection: str,
    files: Sequence[File],
    arguments: argparse.Namespace,
    *,
    options: dict[str, Any] | None = None,
) -> int:
    """Take files in here and now, and show how; 1 when one of them failed.

    What is inside of an unchanged file and failed before is listed as still not readable, which is no new failure.
    """
    known, changed = unchanged(library, collection, files, options or {})
    with shown(arguments, len(files)) as show:
        outcomes = [told(show, outcome) for outcome in known]
        outcomes += [told(show, outcome) for outcome in _done_here(library, collection, changed, show)]
        same = {outcome.document for outcome in outcomes if outcome.state == "unchanged" and outcome.document}
        seen = {outcome.source for outcome in outcomes}
        outcomes += [told(show, still) for still in still_unreadable(library, same) if still.source not in seen]
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    if not arguments.json:
        summary(outcomes, failed)
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
    with Worker(library, show.progress) as worker:
        ids = library.jobs.add(worker.name, collection, starmap(job_of, files), partial(is_alive, home))
        try:
            yield from worker.see_to(ids)
        except FootnoteError as error:
            with suppress(StoreError):
                library.jobs.fail_batch(worker.name, str(error))
            raise
        except BaseException:
            with suppress(StoreError):
                library.jobs.cancel_batch(worker.name)
            raise
        ended = [job for job in library.jobs.jobs(worker.name) if job.state in ("ready", "unchanged")]
        library.jobs.clear([job.id for job in ended])


def told(show: Show, outcome: Outcome) -> Outcome:
    """The outcome, once it is shown."""
    show.outcome(outcome)
    return outcome


def shown(arguments: argparse.Namespace, n_files: int) -> Show:
    """Bars for people, lines of JSON for programs."""
    return Events(every_step=getattr(arguments, "events", False)) if arguments.json else Bars(n_files)


def summary(outcomes: Sequence[Outcome], failed: Sequence[Outcome]) -> None:
    """One line about all of them."""
    ready = [outcome for outcome in outcomes if outcome.state == "ready"]
    cancelled = [outcome for outcome in outcomes if outcome.state == "cancelled"]
    n_unreadable = sum(outcome.state == "unreadable" for outcome in outcomes)
    n_unchanged = len(outcomes) - len(ready) - len(failed) - len(cancelled) - n_unreadable
    n_chunks = sum(outcome.chunks for outcome in ready)
    more = f", {len(cancelled)} cancelled" if cancelled else ""
    more += f", {n_unreadable} still not readable" if n_unreadable else ""
    print(f"{len(ready)} ready ({n_chunks} passages), {n_unchanged} unchanged, {len(failed)} failed{more}")
