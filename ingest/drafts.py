"""Folders for what is not ready yet: each belongs to the process that fills it, and nobody misses it afterwards."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexes.ownership import Ownership

_BESIDE = ".footnote-draft-"
"""How the name of a draft begins that lies in a folder of a person's."""


def owned(folder: Path) -> Ownership:
    """The lock on a new folder; who looks just now whether anybody owns it may clear it away: then it is made anew."""
    while (lock := Ownership.take(folder)) is None:
        pass
    return lock


def cleared(folder: Path) -> bool:
    """Whether nobody owns a folder, so that it was deleted."""
    lock = Ownership.take(folder)
    if lock is None:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    return True


@contextmanager
def draft_folder(home: Path) -> Iterator[Path]:
    """An empty folder on the home's disk; afterwards it is deleted with all that is still in it."""
    with _held(_drafts(home) / secrets.token_hex(8)) as folder:
        yield folder


@contextmanager
def draft_beside(path: Path) -> Iterator[Path]:
    """An empty folder beside a file that is to come, deleted afterwards; first those of killed processes are."""
    for left in path.parent.iterdir():
        if left.name.startswith(_BESIDE) and left.is_dir() and not left.is_symlink():
            cleared(left)
    with _held(path.with_name(f"{_BESIDE}{secrets.token_hex(8)}.partial")) as folder:
        yield folder


@contextmanager
def _held(folder: Path) -> Iterator[Path]:
    lock = owned(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def clear_drafts(home: Path) -> int:
    """Delete what processes left behind that were killed; how many folders."""
    folder = _drafts(home)
    return sum(map(cleared, folder.iterdir())) if folder.is_dir() else 0


def _drafts(home: Path) -> Path:
    return home / "drafts"
