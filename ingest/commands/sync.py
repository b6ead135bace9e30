"""`sync`: a collection follows a folder, once or for as long as it is watched."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from indexes.library import Library
from indexes.terminal import one_line
from ingest.commands.add import take_in
from ingest.commands.showing import print_json, typed_path
from ingest.discovery import look_through
from ingest.pipeline import checked_collection
from ingest.sync import Plan, plan, rearrange, still_gone
from ingest.web import is_address, web_page
from rag.errors import InputError

_MOST_SHOWN = 50


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
                _once(library, collection, folder, arguments)
        except InputError as error:  # it may come back
            library.notes.clear()
            library.note(str(error))


def _pages_again(library: Library, collection: str, arguments: argparse.Namespace) -> int:
    """Every page of the collection is asked for; one that has not changed since says so by itself."""
    library.check_collection(collection)
    sources = library.catalogue.sources.all(collection).values()
    pages = [web_page(record.source) for record in sources if record.container is None and is_address(record.source)]
    if arguments.dry_run:
        _show(Plan(changed=tuple(pages)), [], arguments)
        return 0
    return take_in(library, collection, pages, arguments)


def _once(library: Library, collection: str, folder: Path, arguments: argparse.Namespace) -> int:
    looked = look_through(folder, include=arguments.include, exclude=arguments.exclude)
    planned = plan(library, collection, folder, looked.files, looked.closed)
    if not looked.files and planned.removed and not arguments.allow_empty:
        raise InputError(
            f"{str(folder)!r} holds no file that can be read, but {len(planned.removed)} documents came from it: see "
            "whether its disk is there; --allow-empty removes them all the same"
        )
    _show(planned, [*looked.closed], arguments)
    if arguments.dry_run:
        return 0
    rearrange(library, replace(planned, removed=still_gone(planned.removed)))
    coming = [*planned.added, *planned.changed]
    return take_in(library, collection, coming, arguments) if coming else 0


def _show(planned: Plan, closed: list[str], arguments: argparse.Namespace) -> None:
    kinds: dict[str, list[dict[str, str]]] = {
        "added": [{"source": file.source} for file in planned.added],
        "changed": [{"source": file.source} for file in planned.changed],
        "moved": [{"source": file.source, "from": record.source} for record, file in planned.moved],
        "removed": [{"source": record.source} for record in planned.removed],
        "closed": [{"source": name} for name in closed],
        "unreadable": [{"source": file.source, "reason": file.reason} for file in planned.unreadable],
    }
    if arguments.json:
        print_json({"plan": kind} | row for kind, rows in kinds.items() for row in rows)
        return
    for kind, rows in kinds.items():
        for row in rows[:_MOST_SHOWN]:
            print(f"{kind:<10} {one_line(row['source'])}{_more(row)}")
        if len(rows) > _MOST_SHOWN:
            print(f"{kind:<10} and {len(rows) - _MOST_SHOWN} more")
    still = f", {len(planned.unreadable)} still not readable" if planned.unreadable else ""
    dry_run = " (dry run)" if arguments.dry_run else ""
    print(f"plan: {_counted(kinds.items())}, {planned.n_unchanged} unchanged{still}{dry_run}")


def _more(row: Mapping[str, str]) -> str:
    return (
        f"  (was {one_line(row['from'])})"
        if "from" in row
        else f": {one_line(row['reason'])}"
        if "reason" in row
        else ""
    )


def _counted(kinds: Iterable[tuple[str, Sequence[object]]]) -> str:
    told = ((kind, rows) for kind, rows in kinds if kind != "unreadable" and (rows or kind != "closed"))
    return ", ".join(f"{len(rows)} {kind}" for kind, rows in told)
