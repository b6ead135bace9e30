"""`sync`: a collection follows a folder, once or for as long as it is watched."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from indexes.library import Library
from indexes.terminal import one_line
from ingest.commands.add import exit_code, take_in
from ingest.commands.showing import print_json, show_passed, summary, typed_path
from ingest.discovery import look_through
from ingest.pipeline import checked_collection
from ingest.sources import INSIDE, path_of
from ingest.sync import Plan, is_hidden, plan, rearrange
from ingest.web import is_address, web_page
from rag.errors import InputError
from rag.types import counted

_MOST_SHOWN = 50
_ALWAYS = ("added", "changed", "moved", "removed", "unchanged")
"""Kinds that are counted also where there are none."""


def sync(arguments: argparse.Namespace) -> int:
    """The plan, and unless it is a dry run what it says; again after every change while the folder is watched."""
    library: Library = arguments.open_library()
    if bool(arguments.folder) == arguments.web:
        raise InputError("say which folder, or --web for the web pages of the collection")
    if arguments.web:
        return _pages_again(library, checked_collection(arguments.collection), arguments)
    folder = typed_path(arguments.folder)
    if not folder.is_dir():
        raise InputError(f"{arguments.folder!r} is not a folder: check the path, and whether its disk is there")
    collection = checked_collection(arguments.collection)
    code = _once(library, collection, folder, arguments)
    if not arguments.watch or arguments.dry_run:
        return code
    _follow(library, collection, folder, arguments)
    return 0


def _follow(library: Library, collection: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Again after every change, until stopped."""
    from ingest.watch import watch

    if not arguments.json:
        print(f"watching {one_line(str(folder))}; Ctrl-C ends it", flush=True)
    for _ in watch([folder], settle_s=arguments.settle, exclude=arguments.exclude, stop=threading.Event()):
        try:
            if folder.is_dir():  # a disk that was taken away is no reason to remove everything
                _once(library, collection, folder, arguments, is_again=True)
        except InputError as error:  # it may come back
            library.notes.clear()
            library.note(str(error))


def _pages_again(library: Library, collection: str, arguments: argparse.Namespace) -> int:
    """Every page of the collection is asked for; one that has not changed since says so by itself.

    A dry run asks nobody, so it cannot tell which have changed.
    """
    library.check_collection(collection)
    sources = library.catalogue.sources.all(collection).values()
    pages = [web_page(record.source) for record in sources if record.container is None and is_address(record.source)]
    if arguments.dry_run:
        _show_rows({"ask": [{"source": page.source} for page in pages]}, arguments)
        if not arguments.json:
            n = counted(len(pages), "page")
            print(f"plan: {n} will be asked for; only that can tell which have changed (dry run)")
        return 0
    outcomes = take_in(library, collection, pages, arguments)
    if not arguments.json:
        print(summary(outcomes))
    return exit_code(outcomes)


def _once(
    library: Library, collection: str, folder: Path, arguments: argparse.Namespace, *, is_again: bool = False
) -> int:
    looked = look_through(folder, include=arguments.include, exclude=arguments.exclude)
    planned = plan(library, collection, folder, looked)
    n_absent = len(planned.removed) + len(planned.ignored)
    if not looked.files and n_absent and not arguments.allow_empty:
        raise InputError(
            f"{str(folder)!r} holds no file that can be read, but {n_absent} documents came from it: see "
            "whether its disk is there; --allow-empty removes them all the same"
        )
    if not is_again:  # who watches need not hear it after every change
        show_passed(arguments, planned.skipped, looked.passed_by)
    _show(planned, [*looked.closed], arguments)
    if arguments.dry_run:
        return 0
    rearrange(library, planned)
    coming = [*planned.added, *planned.changed]
    if not coming:
        return 0
    outcomes = take_in(library, collection, coming, arguments)
    if not arguments.json:
        n_still = sum(INSIDE not in still.source for still in planned.unreadable)
        besides = {"unchanged": planned.n_unchanged, "moved": len(planned.moved), "unreadable": n_still}
        print(summary(outcomes, besides | {"skipped": len(planned.skipped), "left alone": len(planned.left)}))
    return exit_code(outcomes)


def _show(planned: Plan, closed: list[str], arguments: argparse.Namespace) -> None:
    ignored = "its file is there, but ignored or a link now"
    removed = [{"source": record.source} for record in planned.removed]
    removed += [{"source": record.source, "reason": ignored} for record in planned.ignored]
    over = "it failed, and is gone or ignored now"
    kinds: dict[str, list[dict[str, str]]] = {
        "added": [{"source": file.source} for file in planned.added],
        "changed": [{"source": file.source} for file in planned.changed],
        "moved": [{"source": file.source, "from": record.source} for record, file in planned.moved],
        "removed": removed,
        "forgotten": [{"source": failure.source, "reason": over} for failure in planned.forgotten],
        "left alone": [{"source": r.source, "reason": _why_left(planned.folder, r.source)} for r in planned.left],
        "closed": [{"source": name} for name in closed],
        "unreadable": [{"source": still.source, "reason": still.reason} for still in planned.unreadable],
    }
    _show_rows(kinds, arguments)
    if arguments.json:
        return
    counts = {kind: len(rows) for kind, rows in kinds.items()} | {"unchanged": planned.n_unchanged}
    n_inside = sum(INSIDE in still.source for still in planned.unreadable)
    counts["still not readable"] = counts.pop("unreadable") - n_inside
    counts["skipped"] = len(planned.skipped)
    told = ", ".join(f"{n} {kind}" for kind, n in counts.items() if n or kind in _ALWAYS)
    inside = f"; inside of files: {n_inside} still not readable" if n_inside else ""
    print(f"plan: {told}{inside}{' (dry run)' if arguments.dry_run else ''}")


def _why_left(folder: Path, source: str) -> str:
    if is_hidden(folder, path_of(source)):
        return "it is hidden, and read only when it is named"
    return "only --include or --exclude leaves it out; `remove` takes it out"


def _show_rows(kinds: Mapping[str, Sequence[Mapping[str, str]]], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json({"plan": kind, **row} for kind, rows in kinds.items() for row in rows)
        return
    for kind, rows in kinds.items():
        for row in rows[:_MOST_SHOWN]:
            print(f"{kind:<10} {one_line(row['source'])}{_more(row)}")
        if len(rows) > _MOST_SHOWN:
            print(f"{kind:<10} and {len(rows) - _MOST_SHOWN} more")


def _more(row: Mapping[str, str]) -> str:
    if "from" in row:
        return f"  (was {one_line(row['from'])})"
    return f": {one_line(row['reason'])}" if "reason" in row else ""
