"""Questions that are being answered: each has a lock that the system lets go of with its process, however that ends."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.drafts import cleared, owned


@contextmanager
def being_answered(home: Path) -> Iterator[str]:
    """A mark for a question, by which all who share the home can tell that it is being answered while this lasts.

    Raises OSError where the home cannot be written.
    """
    mark = secrets.token_hex(8)
    lock = owned(_folder(home) / mark)
    try:
        yield mark
    finally:
        lock.clear_away()


def is_being_answered(home: Path, mark: str) -> bool:
    """Whether somebody is at it still; what a killed process left of the mark is cleared away."""
    folder = _folder(home) / mark
    return mark.isalnum() and folder.is_dir() and not cleared(folder)


def _folder(home: Path) -> Path:
    return home / "asked"
