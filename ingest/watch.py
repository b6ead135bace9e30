"""Tells when something below a folder has changed and has then been left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import watchfiles

from ingest.ignore import IGNORE_FILE, is_left_out
from ingest.loaders import SUFFIXES
from rag.errors import InputError

_LONGEST_S = 30.0
_STEP_MS = 100
"""How often is looked whether it is time, or over."""


def watch(
    folders: Iterable[Path],
    *,
    settle_s: float = 2.0,
    stop: threading.Event,
    longest_s: float = _LONGEST_S,
    exclude: Sequence[str] = (),
) -> Iterator[frozenset[Path]]:
    """The paths that have changed, once nothing has happened to them for `settle_s`, or after `longest_s` of changes.

    What a walk through the folder passes by is not told: hidden and ignored paths, links, files of no supported kind.
    A folder that was moved away is told by its own path alone. Ends when `stop` is set. Raises InputError for a folder
    that cannot be watched. A change that is made while the caller works on the last ones is told afterwards.
    """
    tops = tuple(_top(folder) for folder in folders)
    waiting: set[Path] = set()
    first = last = 0.0
    for changes in _changes(tops, stop):
        now = time.monotonic()
        found = {path for path in changes if _counts(path, tops, exclude)}
        if found:
            first, last = first if waiting else now, now
            waiting |= found
        if waiting and (now - last >= settle_s or now - first >= longest_s):
            yield frozenset(waiting)
            waiting = set()


def _changes(tops: tuple[Path, ...], stop: threading.Event) -> Iterator[set[Path]]:
    """What has changed in each short while, often nothing."""
    try:
        for changes in watchfiles.watch(
            *tops,
            watch_filter=None,
            debounce=_STEP_MS,
            step=_STEP_MS // 2,
            rust_timeout=_STEP_MS,
            yield_on_timeout=True,
            stop_event=stop,
        ):
            yield {Path(path) for _, path in changes}
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"{', '.join(map(str, tops))} cannot be watched ({error}): check that the folders exist; where they hold "
            "very many folders, raise fs.inotify.max_user_watches"
        ) from error


def _top(folder: Path) -> Path:
    try:
        top = folder.expanduser().resolve()
        if top.is_dir():
            return top
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{str(folder)!r} cannot be watched ({error}): check the path") from error
    raise InputError(f"{str(folder)!r} cannot be watched: it is not a folder")


def _counts(path: Path, tops: tuple[Path, ...], exclude: Sequence[str]) -> bool:
    """Whether a walk through one of the folders could find something else now."""
    around = [top for top in tops if path.is_relative_to(top)]
    if path.name == IGNORE_FILE:
        return any(not _is_left_out(top, path.parent, exclude) for top in around)
    if path.is_file() and path.suffix.lower() not in SUFFIXES:
        return False
    return any(not _is_left_out(top, path, exclude) for top in around)


def _is_left_out(top: Path, path: Path, exclude: Sequence[str]) -> bool:
    try:
        return is_left_out(top, path, exclude)
    except InputError:  # an ignore file that cannot be used: who walks next says so
        return False
