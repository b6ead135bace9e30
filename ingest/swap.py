"""Puts another library in the place of a home's own, entry by entry: a home that is a mount point cannot be renamed.

What is to be moved is written down first. From then on until the end nothing opens the home, and the same steps once
more end what was stopped at any of them.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexes.audit_file import NAME as AUDIT
from indexes.catalogue_file import NAME, SWAPPING
from indexes.chosen_settings import NAME as CHOSEN
from indexes.database import Database
from indexes.folder_digest import flush, write_durably
from indexes.ownership import Ownership, holder, is_held
from ingest.evaluated import FOLDER as EVALUATION
from rag.errors import InputError, StoreError

_FORMER = "before-restore-"
_PEOPLE = ("users.json", "users.lock", "sessions")
"""Of `indexes.users` and `indexes.sessions`, which are not read where nobody signs in."""
_STAYS = ("restore", "lost+found", AUDIT, f"{AUDIT}-wal", f"{AUDIT}-shm", CHOSEN, *_PEOPLE, EVALUATION)
"""What belongs to no library: what was asked and measured here stays on record, what was set stays so, and the same
people may sign in, whichever library is put in its place."""
_TRIES = 20
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes out of a home into the folder `former`, the catalogue first, and what comes in, the catalogue last."""

    backup: str
    """The backup's fingerprint."""
    former: str
    outgoing: list[str]
    incoming: list[str]


def folder_of(home: Path) -> Path:
    """Where a restore is prepared; its owner is the process that does it."""
    return home / "restore"


def new_folder(home: Path) -> Path:
    """Where a restore unpacks the other library."""
    return folder_of(home) / "new"


def taken(home: Path) -> Ownership:
    """Be the one who restores. Raises StoreError while another process does."""
    for _ in range(_TRIES):
        if owner := Ownership.take(folder_of(home)):
            return owner
        time.sleep(_PAUSE_S)  # who only looks holds it for a moment, too
    raise _at_it(home)


def check_not_restoring(database: Database) -> None:
    """Raises StoreError while a process restores there, or has done so since the catalogue was opened: whoever begins
    to write says so first, and then looks here."""
    if is_held(folder_of(database.home)):
        raise _at_it(database.home)
    database.check_in_place()


def _at_it(home: Path) -> StoreError:
    who = holder(folder_of(home)) or "unknown"
    return StoreError(f"a restore of {home} is running (process {who}): wait for its end, and try again then")


def own_entries(home: Path, but: Path | None = None) -> list[str]:
    """The names of what a home's own library consists of: not those of former ones, nor of a backup that lies there, or
    of the folder in which it lies."""
    spared = set() if but is None else {but.resolve(), *but.resolve().parents}
    names = (path.name for path in home.iterdir() if path.resolve() not in spared)
    return sorted(name for name in names if name not in _STAYS and not name.startswith(_FORMER))


def planned(home: Path, backup: str, but: Path) -> Plan:
    """What has to be moved; a backup that lies in the home itself stays where it is.

    Raises InputError for what cannot be moved.
    """
    outgoing, incoming = own_entries(home, but), own_entries(new_folder(home))
    for name in incoming:
        if but.resolve().is_relative_to((home / name).resolve()):
            raise InputError(f"{but} lies in a folder of the library that it shall replace: move it elsewhere first")
    for name in outgoing:
        if (home / name).is_mount():
            raise InputError(
                f"{home / name} is a disk of its own, which cannot be put aside: unmount it, or mount the whole of "
                f"{home} in its place"
            )
    stamp, n = f"{_FORMER}{datetime.now(UTC):%Y%m%d-%H%M%S}", 1
    while (home / (former := f"{stamp}-{n}" if n > 1 else stamp)).exists():
        n += 1
    return Plan(backup, former, sorted(outgoing, key=_is_other), sorted(incoming, key=_is_other, reverse=True))


def _is_other(name: str) -> bool:
    return name != NAME


def begun(home: Path) -> Plan | None:
    """The plan that a process was stopped at; None where there is none."""
    try:
        return Plan(**json.loads((home / SWAPPING).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as error:
        raise StoreError(
            f"{home / SWAPPING} cannot be read ({error}): see what is left in {folder_of(home)}"
        ) from error


def begin(home: Path, plan: Plan) -> None:
    """Write a plan down, from which there is no way back."""
    for folder in [new_folder(home), *(path for path in new_folder(home).rglob("*") if path.is_dir())]:
        flush(folder)
    write_durably(home / SWAPPING, json.dumps(asdict(plan)))


def finish(home: Path, plan: Plan) -> None:
    """Every step of a plan that is left."""
    former, new = home / plan.former, new_folder(home)
    for name in plan.outgoing:
        if not os.path.lexists(former / name):
            _put_aside(home / name, former)
    for name in plan.incoming:
        if os.path.lexists(new / name):
            if os.path.lexists(home / name):  # an app that still runs has put a file there
                _put_aside(home / name, former)
            (new / name).rename(home / name)
    for folder in (new, home):
        flush(folder)
    (home / SWAPPING).unlink()
    flush((home / SWAPPING).parent)


def _put_aside(path: Path, former: Path) -> None:
    """Its name is flushed at once: what comes into its place must not be taken for it after a power loss."""
    former.mkdir(mode=0o700, exist_ok=True)
    target, n = former / path.name, 1
    while os.path.lexists(target):
        n += 1
        target = former / f"{path.name}-{n}"
    with suppress(FileNotFoundError):  # a log that SQLite has taken in
        path.rename(target)
    flush(former)
    flush(path.parent)
