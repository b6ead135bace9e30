"""Which workers live: each holds a lock that the system lets go of, and a lease that it renews.

The lease decides, since a lock stays held by a process that stands still, and by what a dead one has forked. The lock
only tells earlier that a worker has ended.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from indexes import jobs
from ingest.drafts import cleared, owned

_LEASE = "lease"
_ROUNDED_S = 0.0005
"""By so much a written lease may seem longer than it is, and one that is too long is none."""


def workers_folder(home: Path) -> Path:
    """Where every living worker has a folder with its lock and its lease."""
    return home / "workers"


class SignOfLife:
    """A worker's folder, from its beginning to `end`."""

    def __init__(self, home: Path, name: str) -> None:
        self._lock = owned(workers_folder(home) / name)
        self._lease = os.open(self._lock.folder / _LEASE, os.O_WRONLY | os.O_CREAT, 0o600)
        self.renew()

    def renew(self) -> None:
        """Live for another lease. Written over in place, which a full disk allows; where none does, it runs out."""
        with suppress(OSError):
            os.pwrite(self._lease, f"{time.monotonic() + jobs.LEASE_S - _ROUNDED_S:020.3f}".encode(), 0)

    def end(self) -> None:
        """Be gone, for all to see."""
        os.close(self._lease)
        shutil.rmtree(self._lock.folder, ignore_errors=True)
        self._lock.release()


def is_alive(home: Path, owner: str) -> bool:
    """Whether the worker of this name still runs; what it left behind is cleared away when it does not."""
    folder = workers_folder(home) / owner
    if not folder.is_dir():
        return False
    try:
        return not cleared(folder) and _has_lease(folder)
    except OSError:  # in a home that cannot be written: what a killed worker left there cannot be cleared away
        return False


def living_workers(home: Path) -> list[str]:
    """The names of all workers that run."""
    folder = workers_folder(home)
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [name for name in names if is_alive(home, name)]


def _has_lease(folder: Path) -> bool:
    """Whether a worker's lease has not run out; one that has none is just beginning, and its lock tells enough."""
    try:
        until = float((folder / _LEASE).read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return True
    now = time.monotonic()
    return now <= until <= now + jobs.LEASE_S  # one of before the machine started anew is none
