"""What is to be done with many documents, noted before the first of them: where the process is killed meanwhile, who
looks next is told that a part was done."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from indexes.ownership import is_held
from ingest.drafts import cleared, owned

Deed = Literal["remove", "move"]
_DEED = "deed.json"


@dataclass(frozen=True, slots=True)
class CutShort:
    """A deed of one person that did not come to its end."""

    mark: str
    deed: Deed
    documents: tuple[int, ...]
    collection: str
    """Where they were to be moved."""


@contextmanager
def noted(home: Path, person: str, deed: Deed, documents: Sequence[int], collection: str = "") -> Iterator[None]:
    """While this lasts it is known what is done, in a folder with a lock that the system frees with the process."""
    lock = None
    with suppress(OSError):  # as on a full disk, where removing makes room
        lock = owned(_folder(home) / secrets.token_hex(8))
        told = {"person": person, "deed": deed, "documents": list(documents), "collection": collection}
        (lock.folder / _DEED).write_text(json.dumps(told), "utf-8")
    try:
        yield
    finally:
        if lock is not None:
            shutil.rmtree(lock.folder, ignore_errors=True)
            lock.release()


def found(home: Path, person: str) -> list[CutShort]:
    """What processes that were killed have left of a person's deeds."""
    folders = sorted(_folder(home).iterdir()) if _folder(home).is_dir() else []
    read = [(folder.name, _read(folder)) for folder in folders if not is_held(folder)]
    return [
        CutShort(mark, told["deed"], tuple(told["documents"]), told["collection"])
        for mark, told in read
        if told.get("person") == person
    ]


def forget(home: Path, person: str, mark: str = "") -> None:
    """Tell of a deed no more; without a mark of none of this person's."""
    for one in found(home, person):
        if mark in ("", one.mark):
            shutil.rmtree(_folder(home) / one.mark, ignore_errors=True)


def _read(folder: Path) -> dict[str, Any]:
    """What was noted; where that was cut itself nothing was done, and nothing is left of it."""
    try:
        told: dict[str, Any] = json.loads((folder / _DEED).read_text("utf-8"))
    except (OSError, ValueError):
        with suppress(OSError):
            cleared(folder)
        return {}
    return told


def _folder(home: Path) -> Path:
    return home / "under-way"
