"""The file that a backup is: a tar of the catalogue and the kept originals, led by a manifest of sizes and SHA-256."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from indexes.catalogue_file import NAME
from indexes.system_errors import is_full
from rag.errors import StoreError
from rag.types import counted

_MANIFEST = "MANIFEST.json"
_FORMAT = 1
_STEP = 1 << 20
_UNUSABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What a manifest can do to its reader that somebody has written by hand."""

Digests = Mapping[str, str]
"""Name below the folder -> SHA-256."""


def pack(file: BinaryIO, folder: Path, digests: Digests) -> None:
    """Write files of a folder, whose digests are known, as a backup."""
    files = {name: {"size": (folder / name).stat().st_size, "sha256": sha256} for name, sha256 in digests.items()}
    made = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = json.dumps({"footnote_backup": _FORMAT, "made": made, "files": files}, indent=1).encode()
    with tarfile.open(fileobj=file, mode="w") as archive:
        head = tarfile.TarInfo(_MANIFEST)
        head.size = len(manifest)
        archive.addfile(head, io.BytesIO(manifest))
        for name in digests:
            archive.add(folder / name, name, recursive=False)


def fingerprint(path: Path) -> str:
    """What tells a backup from any other one: its manifest's SHA-256. Raises StoreError for what is no backup."""
    with _opened(path) as archive:
        files = _manifest(archive, path)
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def unpack(path: Path, folder: Path) -> None:
    """Only what the manifest names, to nowhere but below the folder, and each file as the manifest describes it.

    Raises StoreError for a file that is no whole backup.
    """
    with _opened(path) as archive:
        files = _manifest(archive, path)
        for member in archive:
            if member.name == _MANIFEST:
                continue
            if member.name not in files or not member.isfile() or member.issparse() or not _is_harmless(member.name):
                raise StoreError(f"{path} holds {member.name!r}, which no backup of Footnote does")
            _unpack_one(archive, member, folder / member.name, files.pop(member.name))
    if files:
        raise StoreError(f"{path} is cut off: {counted(len(files), 'file')} of it cannot be found; use another backup")


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Raises StoreError for whatever goes wrong with it meanwhile."""
    try:
        with tarfile.open(path, "r:") as archive:
            yield archive
    except (tarfile.TarError, OSError, EOFError, *_UNUSABLE) as error:
        if isinstance(error, OSError) and is_full(error):
            raise StoreError(f"there is no room to unpack {path}: make room, and try again") from error
        raise StoreError(f"{path} cannot be read as a backup ({error}): check the path and the file") from error


def _manifest(archive: tarfile.TarFile, path: Path) -> dict[str, dict[str, Any]]:
    first = archive.next()
    stream = archive.extractfile(first) if first is not None and first.name == _MANIFEST else None
    try:
        manifest = json.loads(stream.read(100_000_000)) if stream else {}
        version, files = int(manifest["footnote_backup"]), manifest["files"]
        if version > _FORMAT:
            raise StoreError(f"{path} was made by a newer Footnote: update this one")
        known = {str(name): {"size": int(of["size"]), "sha256": str(of["sha256"])} for name, of in files.items()}
        if version < 1 or NAME not in known:
            raise StoreError(f"{path} is no whole backup of Footnote: its catalogue is missing")
        return known
    except _UNUSABLE as error:
        raise StoreError(f"{path} is no backup of Footnote") from error


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
        raise StoreError(f"{member.name} in {archive.name!r} is damaged: use another backup")
