"""`removed` and `put-back`: what can be put back and until when, in again with it, or gone for good."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from indexes.job_records import FINISHED
from indexes.library import Library
from indexes.removed import RemovedDocument
from indexes.terminal import one_line, stop_on_sigterm
from ingest import sweeping, undoing
from ingest.commands.naming import check_which
from ingest.commands.showing import print_json, summary
from ingest.keeping import Keeping
from ingest.steps import with_reason
from ingest.worker import Worker
from rag.errors import InputError
from rag.types import counted

_MOST_NAMED = 8
_NOTHING = "nothing that could be put back"


def removed(arguments: argparse.Namespace) -> int:
    """One line a document, or an end to some of them."""
    library: Library = arguments.open_library(only_looks=not arguments.for_good)
    if arguments.for_good:
        wanted = _chosen(library, arguments)
        _check_meant(wanted, arguments)
        n = sweeping.end(library, [one.id for one in wanted])
        print_json([{"deleted": n}]) if arguments.json else print(f"deleted {counted(n, 'document')} for good")
        return 0
    found = _chosen(library, arguments) if arguments.numbers else library.catalogue.removed.all(time.time())
    if arguments.json:
        print_json(asdict(one) for one in found)
        return 0
    for one in found:
        print(f"{one.id:>6}  {one_line(one.collection):<12}  until {moment(one.until)}  {one_line(one.sources[0])}")
    if not found:
        print(_NOTHING)
    return 0


def _check_meant(wanted: Sequence[RemovedDocument], arguments: argparse.Namespace) -> None:
    """Raises InputError, with how many they are, as long as nobody has said that each of several is meant."""
    if arguments.all and not arguments.yes and len(wanted) > 1:
        raise InputError(f"--all is {counted(len(wanted), 'document')}: --yes deletes them for good")


def put_back(arguments: argparse.Namespace) -> int:
    """Documents in again, by this process itself; 1 when one of them could not be put back or read."""
    library: Library = arguments.open_library()
    wanted = [one.id for one in _chosen(library, arguments)]
    stop_on_sigterm()
    with Worker(library) as worker:
        done = undoing.put_back(library, wanted, worker.name)
        _told(done, arguments)
        outcomes = []
        for outcome in worker.see_to(done.jobs):
            outcomes.append(outcome)
            if arguments.json:
                print_json([asdict(outcome)])
            else:
                print(f"{outcome.state:<10} {one_line(with_reason(outcome.source, outcome.reason))}", flush=True)
    if not arguments.json:
        print(summary(outcomes) if done.n or done.left else _NOTHING)
        if n_open := sum(n for state, n in library.jobs.counts().items() if state not in FINISHED):
            print(f"{counted(n_open, 'file')} on the way in besides: the app or `python -m ingest worker` reads them")
    return 1 if done.left or any(outcome.state in ("failed", "cancelled") for outcome in outcomes) else 0


def _told(done: undoing.PutBack, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json({"state": "left", "source": name, "reason": why} for name, why in done.left)
        return
    for name, why in done.left:
        print(f"not put back: {one_line(name)}: {one_line(why)}")
    for source in done.changed:
        print(f"changed since, and read as it is now: {one_line(source)}")


def _chosen(library: Library, arguments: argparse.Namespace) -> Sequence[RemovedDocument]:
    things = "documents, by their numbers in `python -m ingest removed`"
    check_which(arguments.numbers, things, is_all=arguments.all)
    found = library.catalogue.removed.all(time.time())
    if arguments.all:
        return found
    by_number = {str(one.id): one for one in found}
    if wrong := [text for text in arguments.numbers if text not in by_number]:
        raise InputError(f"{one_line(wrong[0])}: nothing that was removed can be put back by that number")
    return [by_number[text] for text in dict.fromkeys(arguments.numbers)]


def told_kept(library: Library, keeping: Keeping, arguments: argparse.Namespace) -> None:
    """Of a removal until when it can be undone, and how; nothing of one that was for good."""
    found = [one for one in library.catalogue.removed.all(time.time()) if one.act == keeping.act]
    if found and not arguments.json:
        numbers = (
            " ".join(sorted((str(one.id) for one in found), key=int)) if len(found) <= _MOST_NAMED else "NUMBER..."
        )
        print(
            f"until {moment(keeping.until)} that can be undone: `python -m ingest put-back {numbers}`; `removed` lists "
            "what can be put back"
        )


def moment(at: float) -> str:
    """A time for people, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
