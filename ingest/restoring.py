"""A home put back from its backup: unpacked and checked apart, then made the home in one step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from indexes.catalogue import Catalogue
from indexes.database import NAME
from indexes.folder_digest import flush
from indexes.keyword_index import KeywordSearcher
from ingest.backup import FORMAT, MANIFEST
from ingest.living import living_workers
from rag.errors import InputError, StoreError

_STEP = 1 << 20
_ASIDE = "before-restore-"


def restore_to(home: Path, path: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup back as `home`; how many documents it has, and where the former home went.

    Everything is unpacked and checked beside the home first. Raises InputError for a file that is no whole backup, for
    a home that is in use, and for one that exists unless it shall be replaced.
    """
    if not path.is_file():
        raise InputError(f"there is no file {path}: check the path")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: see whether it is closed to you")
    if _entries(home) and not replace and not _is_unused(home):
        raise InputError(f"{home} holds a library already: --replace puts it aside, or set FOOTNOTE_HOME elsewhere")
    _check_unused(home)
    place = _place(home)
    try:
        draft = Path(tempfile.mkdtemp(dir=place, prefix=f".{home.name}-restored-"))
        try:
            _unpack(path, draft)
            n_documents = _taken_over(draft, path)
            _check_unused(home)  # one may have begun since
            former = _moved_in(home, draft) if place == home else _swapped(home, draft)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"the backup cannot be put back as {home} ({error.strerror}): see whether there is room, and whether "
            "you may write there; what was unpacked is deleted again"
        ) from error
    return {"documents": n_documents, "former": None if former is None else str(former)}


def _check_unused(home: Path) -> None:
    if living_workers(home):
        raise InputError(f"{home} is in use by a worker: stop it first, and the app with it")


def _place(home: Path) -> Path:
    """Where a backup is unpacked: beside the home, or in it where it is a disk of its own, or all that may be written.

    Raises InputError where neither may be written.
    """
    with suppress(FileExistsError, PermissionError):
        home.parent.mkdir(parents=True, exist_ok=True)
    if not home.is_mount() and os.access(home.parent, os.W_OK | os.X_OK):
        return home.parent
    if not os.access(home, os.W_OK | os.X_OK):
        raise InputError(f"{home} cannot be written: restore as the user to whom it belongs, or set FOOTNOTE_HOME")
    return home


def _entries(home: Path) -> list[Path]:
    """What is in a home, but for former ones that were put aside in it, drafts, and what every disk has."""
    if not home.exists():
        return []
    passed = (_ASIDE, f".{home.name}-restored-", "lost+found")
    return [path for path in sorted(home.iterdir()) if not path.name.startswith(passed)]


def _moved_in(home: Path, draft: Path) -> Path | None:
    """What is in the draft into the home itself, and what was there into a folder in it.

    The catalogue leaves first and comes last: a run that is killed leaves no half of a library behind that looks whole.
    """
    former, before = None, _entries(home)
    if before:
        former = _free(home / f"{_ASIDE}{_stamp()}")
        former.mkdir(mode=0o700)
        for path in sorted(before, key=lambda one: not one.name.startswith(NAME)):
            path.rename(former / path.name)
    for path in sorted(draft.iterdir(), key=lambda one: one.name.startswith(NAME)):
        path.rename(home / path.name)
    flush(home)
    return former


def _free(path: Path) -> Path:
    """The path, or the same with a number behind it, where nothing is yet: two restores may share a second."""
    names = (path if n == 0 else path.with_name(f"{path.name}-{n}") for n in count())
    return next(name for name in names if not name.exists())


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def _taken_over(draft: Path, path: Path) -> int:
    """How many documents an unpacked catalogue has, which is seen to be whole; indexes are no part of a backup."""
    if not (draft / NAME).stat().st_size:
        raise InputError(f"{path} holds an empty catalogue: use another backup")
    with closing(Catalogue(draft)) as catalogue:
        verdict, lost = catalogue.check(), catalogue.database.missing_tables()
        if verdict != "ok" or lost:
            wrong = f"it lacks {', '.join(lost)}" if lost else verdict[:200]
            raise InputError(f"{path} holds a damaged catalogue ({wrong}): use another backup")
        catalogue.embedders.forget_generations()
        KeywordSearcher(catalogue).refresh()  # so that a missing one means damage
        return sum(catalogue.collections().values())


def _is_unused(home: Path) -> bool:
    """Whether nothing was ever taken in there: looking at a new library makes one."""
    if not (home / NAME).exists() or any((home / "uploads").glob("*")):
        return False
    try:
        with closing(Catalogue(home)) as catalogue:
            return not catalogue.collections()
    except StoreError:  # what cannot be read was a library
        return False


def _swapped(home: Path, draft: Path) -> Path | None:
    former = None
    if home.exists() and any(home.iterdir()):
        former = _free(home.with_name(f"{home.name}.{_ASIDE}{_stamp()}"))
        home.rename(former)
    elif home.exists():
        home.rmdir()
    draft.rename(home)
    flush(home.parent)
    return former


def _unpack(path: Path, folder: Path) -> None:
    """Only what the manifest names, to nowhere but below the folder, and each file as the manifest describes it."""
    try:
        with tarfile.open(path, "r:") as archive:
            files = _manifest(archive, path)
            for member in archive:
                if member.name == MANIFEST:
                    continue
                if (
                    member.name not in files
                    or not member.isfile()
                    or member.issparse()
                    or not _is_harmless(member.name)
                ):
                    raise InputError(f"{path} holds {member.name!r}, which no backup of Footnote does")
                _unpack_one(archive, member, folder / member.name, files.pop(member.name))
    except (tarfile.TarError, EOFError) as error:
        raise InputError(f"{path} cannot be read as a backup ({error}): check the path and the file") from error
    if files:
        raise InputError(f"{path} is cut off: {len(files)} of its files are missing; use another backup")


def _manifest(archive: tarfile.TarFile, path: Path) -> dict[str, dict[str, Any]]:
    first = archive.next()
    stream = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    try:
        manifest = json.loads(stream.read(100_000_000)) if stream else {}
        version, files = int(manifest["footnote_backup"]), manifest["files"]
        if version > FORMAT:
            raise InputError(f"{path} was made by a newer Footnote: update this one")
        known = {str(name): {"size": int(of["size"]), "sha256": str(of["sha256"])} for name, of in files.items()}
        if version < 1 or NAME not in known:
            raise InputError(f"{path} is no whole backup of Footnote: its catalogue is missing")
        return known
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(f"{path} is no backup of Footnote") from error


def _is_harmless(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name == NAME or (len(parts) == 3 and parts[0] == "uploads" and ".." not in parts and "\0" not in name)


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, expected: dict[str, Any]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stream = archive.extractfile(member)
    hashed, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        while stream is not None and (piece := stream.read(_STEP)):
            file.write(piece)
            hashed.update(piece)
            size += len(piece)
            if size > expected["size"]:
                break
        file.flush()
        os.fsync(file.fileno())
    if (size, hashed.hexdigest()) != (expected["size"], expected["sha256"]):
        raise InputError(f"{member.name} in the backup is damaged: use another backup")
