"""`sync`: a collection follows a folder, once or for as long as it is watched."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from indexes.library import Library
from indexes.terminal import one_line, stop_on_sigterm
from ingest.commands.add import exit_code, take_in
from ingest.commands.naming import typed_path
from ingest.commands.plan_text import kinds_of_plan, show_news, show_plan, show_rows, standing_sources
from ingest.commands.showing import note_new, print_json, show_passed, show_stale, summary
from ingest.cutting import check_together
from ingest.discovery import Looked, look_through
from ingest.known import n_unchanged_inside
from ingest.pipeline import checked_collection
from ingest.sources import INSIDE
from ingest.sync import Plan, check_not_emptied, coming, plan, rearrange
from ingest.web import is_address, web_page
from rag.errors import InputError
from rag.types import counted


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
    check_together(library.settings, {})
    collection = checked_collection(arguments.collection)
    note_new(library, collection)
    following = _Following(library, collection, folder, arguments)
    if arguments.watch and not arguments.dry_run:
        return following.until_stopped()
    return following.once()


def _pages_again(library: Library, collection: str, arguments: argparse.Namespace) -> int:
    """Every page of the collection is asked for; one that has not changed since says so by itself.

    A dry run asks nobody, so it cannot tell which have changed.
    """
    library.check_collection(collection)
    sources = library.catalogue.sources.all(collection).values()
    pages = [web_page(record.source) for record in sources if record.container is None and is_address(record.source)]
    if arguments.dry_run:
        show_rows({"ask": [{"source": page.source} for page in pages]}, arguments)
        if not arguments.json:
            n = counted(len(pages), "page")
            print(f"plan: {n} will be asked for; only that can tell which have changed (dry run)")
        return 0
    outcomes = take_in(library, collection, pages, arguments)
    if not arguments.json:
        changed = [outcome.source for outcome in outcomes if outcome.state == "ready" and INSIDE not in outcome.source]
        show_rows({"changed": [{"source": source} for source in changed]}, arguments)
        print(summary(outcomes, {}, {"unchanged": n_unchanged_inside(library, outcomes)}))
    return exit_code(outcomes)


class _Following:
    """A collection that follows a folder, and what has been said of it so far."""

    def __init__(self, library: Library, collection: str, folder: Path, arguments: argparse.Namespace) -> None:
        self._library = library
        self._collection = collection
        self._folder = folder
        self._arguments = arguments
        self._told: set[str] | None = None
        """The sources that were spoken of as standing as they are; None before the first plan."""

    def until_stopped(self) -> int:
        """Once, and again after every change; Ctrl-C is its orderly end, and so is the system's wish to end it."""
        stop_on_sigterm()
        try:
            self.once()
            self._again_after_changes()
        except KeyboardInterrupt:
            if not self._arguments.json:
                print("stopped watching; what was finished is kept", flush=True)
        return 0

    def _again_after_changes(self) -> None:
        from ingest.watch import watch

        if not self._arguments.json:
            print(f"watching {one_line(str(self._folder))}; Ctrl-C ends it", flush=True)
        options = {"settle_s": self._arguments.settle, "exclude": self._arguments.exclude}
        was_there = True
        for _ in watch([self._folder], stop=threading.Event(), **options):
            is_there = self._folder.is_dir()
            if is_there != was_there:
                self._tell_of_folder(is_there=is_there)
            was_there = is_there
            try:
                if is_there:  # a disk that was taken away is no reason to remove everything
                    self.once()
            except InputError as error:  # it may come back
                self._library.notes.clear()
                self._library.note(str(error))

    def _tell_of_folder(self, *, is_there: bool) -> None:
        state = "back" if is_there else "gone"
        if self._arguments.json:
            print_json([{"folder": str(self._folder), "state": state}])
            return
        what = "it is followed again" if is_there else "its documents are kept until it is back"
        print(f"{state}: {one_line(str(self._folder))}; {what}", flush=True)

    def once(self) -> int:
        """The plan, and what it says unless it is a dry run; the exit code."""
        library, arguments = self._library, self._arguments
        looked = look_through(self._folder, include=arguments.include, exclude=arguments.exclude)
        planned = plan(library, self._collection, self._folder, looked)
        if not arguments.allow_empty:
            way_out = "--allow-empty removes them all the same"
            check_not_emptied(planned, has_files=bool(looked.files), way_out=way_out)
        self._tell(planned, looked)
        if arguments.dry_run:
            return 0
        rearrange(library, planned)
        files = coming(planned)
        if not files:
            return 0
        outcomes = take_in(library, self._collection, files, arguments)
        self._told = (self._told or set()) | {outcome.source for outcome in outcomes if outcome.state == "failed"}
        if not arguments.json:
            n_still = sum(INSIDE not in still.source for still in planned.unreadable)
            n_inside = len(library.catalogue.sources.listed_inside(planned.standing))
            inside = {"unchanged": n_inside, "unreadable": len(planned.unreadable) - n_still}
            besides = {"unchanged": planned.n_unchanged, "moved": len(planned.moved), "unreadable": n_still}
            besides |= {"skipped": len(planned.skipped), "left alone": len(planned.left)}
            print(summary(outcomes, besides, inside))
        return exit_code(outcomes)

    def _tell(self, planned: Plan, looked: Looked) -> None:
        kinds = kinds_of_plan(planned, looked.closed)
        if self._told is None:
            by_name = planned.is_first or self._arguments.dry_run
            show_passed(self._arguments, planned.skipped, looked.passed_by, by_name=by_name)
            show_plan(planned, kinds, self._arguments)
            show_stale(self._library, self._collection, self._arguments)
        else:
            show_news(planned, kinds, self._told, self._arguments)
        self._told = standing_sources(kinds)
