"""A backup put back as a home, beside which the former one is kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from indexes.catalogue import Catalogue
from indexes.catalogue_file import NAME, is_catalogue, written_by_nobody
from indexes.keyword_index import KeywordSearcher
from indexes.schema_check import lacking
from indexes.system_errors import told
from ingest import swap
from ingest.archive import fingerprint, unpack
from ingest.living import living_workers
from ingest.reindexing import reindexing_process
from rag.errors import InputError, StoreError


def restore_to(home: Path, path: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup back as `home`; how many documents it has, and where the former library went.

    Everything is unpacked and checked within the home first, so that nothing but names has to be changed then. What a
    killed restore of the same backup had begun to change is finished. Raises StoreError for a file that is no whole
    backup, and InputError for a home that is in use, or holds a library unless that shall be replaced.
    """
    if not path.is_file():
        raise InputError(f"there is no file {path}: check the path")
    if path.resolve().is_relative_to(swap.folder_of(home).resolve()):
        raise InputError(f"{path} lies where a restore is prepared, which is cleared: move it elsewhere first")
    try:
        with _owned(home):
            return _restored(home, path, replace=replace)
    except OSError as error:
        raise StoreError(f"{path} cannot be restored to {home}: {told(error)}") from error


@contextmanager
def _owned(home: Path) -> Iterator[None]:
    """The home, made where it is missing; what was made for nothing is gone again afterwards."""
    is_new = not home.exists()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    owner = swap.taken(home)
    try:
        yield
    finally:
        if swap.begun(home) is None:
            shutil.rmtree(swap.new_folder(home), ignore_errors=True)
            owner.clear_away()
            if is_new:
                with suppress(OSError):  # it holds something
                    home.rmdir()
        owner.release()


def _restored(home: Path, path: Path, *, replace: bool) -> dict[str, Any]:
    backup = fingerprint(path)
    if (begun := swap.begun(home)) is not None:
        with written_by_nobody(home):
            swap.finish(home, begun)
        if begun.backup == backup:
            return _told(home, begun)
    if not replace and _holds_library(home, path):
        what = "a library" if (home / NAME).exists() else "other files"
        raise InputError(f"{home} holds {what} already: --replace puts that aside, or set FOOTNOTE_HOME elsewhere")
    _check_idle(home)
    new = swap.new_folder(home)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    unpack(path, new)
    _take_over(new, path)
    with written_by_nobody(home):
        _check_idle(home)  # one that was on its way in when this process became the owner
        plan = swap.planned(home, backup, path)
        swap.begin(home, plan)
        swap.finish(home, plan)
    return _told(home, plan)


def _check_idle(home: Path) -> None:
    if living_workers(home):
        raise InputError(f"{home} is in use by a worker: stop it first, and the app with it")
    if process := reindexing_process(home):
        raise InputError(f"{home} is in use by a reindex (process {process}): stop it first, or wait for its end")


def _take_over(folder: Path, path: Path) -> None:
    """See that an unpacked catalogue is whole, and make ready what is no part of a backup: the indexes."""
    if not is_catalogue(folder / NAME):
        raise StoreError(f"{path} holds a catalogue without anything in it: use another backup")
    with closing(Catalogue(folder)) as catalogue:
        verdict, lost = catalogue.check(), lacking(catalogue.database)
        if verdict != "ok" or lost:
            wrong = f"it lacks {', '.join(lost)}" if lost else verdict[:200]
            raise StoreError(f"{path} holds a damaged catalogue ({wrong}): use another backup")
        catalogue.embedders.forget_generations()
        KeywordSearcher(catalogue).refresh()  # so that a missing one means damage


def _holds_library(home: Path, path: Path) -> bool:
    """Whether something beside the backup was ever taken in there: looking at a new library makes one."""
    if not swap.own_entries(home, path):
        return False
    if not (home / NAME).exists() or any((home / "uploads").glob("*")):
        return True
    try:
        with closing(Catalogue(home)) as catalogue:
            return bool(catalogue.collections())
    except StoreError:  # what cannot be read was a library
        return True


def _told(home: Path, plan: swap.Plan) -> dict[str, Any]:
    with closing(Catalogue(home)) as catalogue:
        n_documents = sum(catalogue.collections().values())
    return {"documents": n_documents, "former": str(home / plan.former) if plan.outgoing else None}
