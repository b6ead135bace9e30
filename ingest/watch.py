"""Tells when something below a folder has changed and has then been left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import watchfiles
from watchfiles import Change

from ingest.ignore import IGNORE_FILE, is_left_out
from ingest.loaders import SUFFIXES
from rag.errors import InputError

_LONGEST_S = 30.0
_STEP_MS = 100
"""How often is looked whether it is time, or over."""
_GONE_S = 0.2
"""How often is looked whether a folder that is gone has come back."""


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
    A folder that was moved away is told by its own path alone. One of `folders` may go and come back, or another in its
    place, as with a disk that is taken away: each is told by its path. A change that is made while the caller works on
    the last ones is told afterwards. Ends when `stop` is set. Raises InputError for a folder that cannot be watched.
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
    """What has changed in each short while, often nothing.

    The system watches a folder, not its name: when another one has taken its place, that one is watched, and told by
    its own path. As long as there is none, nothing changes.
    """
    is_new = False
    gone: set[Path] = set()
    while not stop.is_set():
        before, gone = gone, {top for top in tops if not top.is_dir()}
        if gone:
            is_new = True
            yield gone - before
            stop.wait(_GONE_S)
            continue
        watched = [_identity(top) for top in tops]
        for changes in _events(tops, stop):
            yield {Path(path) for _, path in changes} | set(tops if is_new else ())
            is_new = any(kind == Change.deleted and Path(path) in tops for kind, path in changes)
            if is_new or [_identity(top) for top in tops] != watched:
                is_new = True
                break


def _identity(top: Path) -> tuple[int, int] | None:
    """What tells a folder from another one of its name; None where there is none."""
    try:
        stat = top.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _events(tops: tuple[Path, ...], stop: threading.Event) -> Iterator[set[tuple[Change, str]]]:
    try:
        yield from watchfiles.watch(
            *tops,
            watch_filter=None,
            debounce=_STEP_MS,
            step=_STEP_MS // 2,
            rust_timeout=_STEP_MS,
            yield_on_timeout=True,
            stop_event=stop,
        )
    except FileNotFoundError:  # gone at this very moment
        return
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
