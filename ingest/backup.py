"""A whole home in one file, made while others go on working, and put back from it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from indexes.catalogue import Catalogue
from indexes.database import NAME
from indexes.folder_digest import flush
from indexes.keyword_index import KeywordSearcher
from indexes.library import Library
from ingest.drafts import draft_folder
from ingest.files import digest
from ingest.living import living_workers
from rag.errors import InputError, StoreError

_MANIFEST = "MANIFEST.json"
_FORMAT = 1
_STEP = 1 << 20


def back_up(library: Library, path: Path) -> dict[str, Any]:
    """Write the catalogue as it is at one moment and the kept originals to `path`; what was written.

    The indexes are left out: they are made from the catalogue. The file gets its name when it is complete. Raises
    InputError for a path that is taken.
    """
    home = library.settings.home
    if path.exists():
        raise InputError(f"{path} exists already: choose another name, or remove it")
    if lost := library.catalogue.database.missing_tables():
        raise StoreError(
            f"the catalogue lacks {', '.join(lost)}, so that nothing could be put back from its backup: "
            "`python -m ingest doctor` says what can be made anew, and what is lost"
        )
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}: make it, or choose another place")
    draft = path.with_name(f".{path.name}.partial")
    try:
        with _drafted(library, path) as folder:
            copy = Path(folder)
            _link_originals(home, copy)
            contents = library.catalogue.database.copy_to(copy / NAME)
            _link_originals(home, copy)  # those that came between the first look and the catalogue's copy
            n_text_only = sum(not (copy / "uploads" / sha256[:16]).is_dir() for sha256 in contents)
            names = [NAME, *sorted(_inside(copy / "uploads", copy))]
            _write(draft, copy, names)
        flush(draft)
        os.replace(draft, path)
        flush(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StoreError(
            f"the backup cannot be written to {path} ({error.strerror}): see whether it has room"
        ) from error
    counts = {"documents": len(contents), "text_only": n_text_only, "originals": len(names) - 1}
    return {"file": str(path), **counts, "mb": round(path.stat().st_size / 1e6, 1)}


def _drafted(library: Library, path: Path) -> AbstractContextManager[str | Path]:
    """An empty folder: in the home, where files need not be copied, or beside the backup where the home is closed."""
    if library.catalogue.database.is_read_only:
        return tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent)
    return draft_folder(library.settings.home)


def _link_originals(home: Path, copy: Path) -> None:
    """Hard links: removed meanwhile, an original is in the backup all the same; one being written has no name yet."""
    for name in _inside(home / "uploads", home):
        target = copy / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(home / name, target)
            except FileNotFoundError:
                continue
            except OSError:  # a file system without links
                shutil.copy2(home / name, target)


def _inside(folder: Path, root: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path.relative_to(root).as_posix()


def _write(draft: Path, copy: Path, names: list[str]) -> None:
    files = {name: {"size": (copy / name).stat().st_size, "sha256": digest(copy / name)} for name in names}
    made = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = json.dumps({"footnote_backup": _FORMAT, "made": made, "files": files}, indent=1).encode()
    draft.unlink(missing_ok=True)
    draft.touch(0o600)  # everything that is in the library is in this file
    with tarfile.open(draft, "w") as archive:
        head = tarfile.TarInfo(_MANIFEST)
        head.size = len(manifest)
        archive.addfile(head, io.BytesIO(manifest))
        for name in names:
            archive.add(copy / name, name, recursive=False)


def restore_to(home: Path, path: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup back as `home`; how many documents it has, and where the former home went.

    Everything is unpacked and checked beside the home first. Raises InputError for a file that is no whole backup, for
    a home that is in use, and for one that exists unless it shall be replaced.
    """
    if not path.is_file():
        raise InputError(f"there is no file {path}: check the path")
    is_there = home.exists() and any(home.iterdir())
    if is_there and not replace and not _is_unused(home):
        raise InputError(f"{home} holds a library already: --replace puts it aside, or set FOOTNOTE_HOME elsewhere")
    if living_workers(home):
        raise InputError(f"{home} is in use by a worker: stop it first, and the app with it")
    home.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=home.parent, prefix=f".{home.name}-restored-"))
    try:
        _unpack(path, draft)
        n_documents = _taken_over(draft, path)
        former = _swapped(home, draft, is_there=is_there)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return {"documents": n_documents, "former": None if former is None else str(former)}


def _taken_over(draft: Path, path: Path) -> int:
    """How many documents an unpacked catalogue has, which is seen to be whole; indexes are no part of a backup."""
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


def _swapped(home: Path, draft: Path, *, is_there: bool) -> Path | None:
    former = None
    if is_there:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        former = home.with_name(f"{home.name}.before-restore-{stamp}")
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
                if member.name == _MANIFEST:
                    continue
                if (
                    member.name not in files
                    or not member.isfile()
                    or member.issparse()
                    or not _is_harmless(member.name)
                ):
                    raise InputError(f"{path} holds {member.name!r}, which no backup of Footnote does")
                _unpack_one(archive, member, folder / member.name, files.pop(member.name))
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(f"{path} cannot be read as a backup ({error}): check the path and the file") from error
    if files:
        raise InputError(f"{path} is cut off: {len(files)} of its files are missing; use another backup")


def _manifest(archive: tarfile.TarFile, path: Path) -> dict[str, dict[str, Any]]:
    first = archive.next()
    stream = archive.extractfile(first) if first is not None and first.name == _MANIFEST else None
    try:
        manifest = json.loads(stream.read(100_000_000)) if stream else {}
        version, files = int(manifest["footnote_backup"]), manifest["files"]
        if version > _FORMAT:
            raise InputError(f"{path} was made by a newer Footnote: update this one")
        known = {str(name): {"size": int(of["size"]), "sha256": str(of["sha256"])} for name, of in files.items()}
        if version < 1 or NAME not in known:
            raise InputError(f"{path} is no whole backup of Footnote: its catalogue is missing")
        return known
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path} is no backup of Footnote") from error


def _is_harmless(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name == NAME or (len(parts) == 3 and parts[0] == "uploads" and ".." not in parts)


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
