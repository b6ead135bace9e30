"""Files whose only copy the home keeps: uploads, web pages, and what was found inside of other files.

They are named safely, kept once per content, and listed under a name that no other file holds.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indexes.folder_digest import flush
from ingest.drafts import draft_folder
from ingest.files import digest
from rag.errors import StoreError
from rag.inert import visible

_LONGEST_NAME = 150
"""Characters of a name as it is listed."""
_LONGEST_ON_DISK = 100
_LONGEST_SUFFIX = 10
_UNSAFE = re.compile(r"[^A-Za-z0-9._ -]+")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file written to disk: the name under which it is listed, and where it is."""

    name: str
    path: Path
    sha256: str


def keep(home: Path, name: str, content: bytes | memoryview) -> Kept:
    """Write a file below `home/uploads`, wholly or not at all; the same bytes under the same name are kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = _place(home, sha256, name)
    try:
        if not path.exists() or digest(path) != sha256:  # one that was damaged is kept anew
            with draft_folder(home) as folder:
                draft = folder / "draft"
                draft.write_bytes(content)
                _move(draft, path)
    except OSError as error:
        raise StoreError(
            f"{listed_name(name)!r} cannot be kept in {path.parent} ({error.strerror}): see whether the disk is full "
            "or closed to you"
        ) from error
    return Kept(listed_name(name), path, sha256)


def keep_file(home: Path, name: str, found: Path) -> Kept:
    """Move a file that lies on the same disk below `home/uploads`."""
    sha256 = digest(found)
    path = _place(home, sha256, name)
    _move(found, path)
    return Kept(listed_name(name), path, sha256)


def keep_copy(home: Path, original: Path) -> Kept:
    """Keep a copy of a file that stays where it is; one that is kept already is left alone."""
    try:
        sha256 = digest(original)
        path = _place(home, sha256, original.name)
        if path.exists() and digest(path) == sha256:
            return Kept(listed_name(original.name), path, sha256)
        with draft_folder(home) as folder:
            return keep_file(home, original.name, Path(shutil.copyfile(original, folder / "draft")))
    except OSError as error:
        raise StoreError(
            f"{str(original)!r} cannot be copied into {home} ({error.strerror}): see whether the disk is full, or one "
            "of them closed to you"
        ) from error


def put_back(home: Path, path: Path, copy: Path) -> None:
    """Write a kept file anew from another one that has its bytes."""
    with draft_folder(home) as folder:
        _move(Path(shutil.copyfile(copy, folder / "draft")), path)


def _place(home: Path, sha256: str, name: str) -> Path:
    return home / "uploads" / sha256[:16] / disk_name(name)


def _move(draft: Path, path: Path) -> None:
    """So that bytes and name outlast a power loss: what is queued or listed afterwards has no other copy."""
    flush(draft)
    uploads, is_new = path.parent.parent, not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.replace(draft, path)
    flush(path.parent)
    if is_new:
        flush(uploads)


def listed_name(name: str) -> str:
    """What people see: one line, without folders and without characters that hide or turn other characters round."""
    base = re.split(r"[/\\]", visible(unicodedata.normalize("NFC", name)))[-1]
    base = " ".join(_encodable(base).split()).strip(" .") or "document"
    stem, suffix = _parts(base)
    return stem[: _LONGEST_NAME - len(suffix)].rstrip() + suffix


def disk_name(name: str) -> str:
    """A file name of plain letters for any display name; what a file is called is never a path."""
    stem, suffix = _parts(listed_name(name))
    safe = _UNSAFE.sub("_", stem).strip(" ._-") or "document"
    return safe[:_LONGEST_ON_DISK] + _UNSAFE.sub("_", suffix).lower()


def free_name(name: str, sha256: str, holds: Callable[[str], str | None]) -> str:
    """The name itself, or `name (2).ext` and so on while other bytes are listed under it.

    `holds` gives the SHA-256 that is listed under a name, or how it begins; None for a free one.
    """
    stem, suffix = _parts(name)
    candidate, n = name, 1
    while not sha256.startswith(holds(candidate) or ""):
        n += 1
        candidate = f"{stem} ({n}){suffix}"
    return candidate


def _parts(name: str) -> tuple[str, str]:
    """Stem and suffix; an ending too long to be one belongs to the stem."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem and 0 < len(suffix) <= _LONGEST_SUFFIX else (name, "")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
