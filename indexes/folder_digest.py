"""What the files of a folder held: sizes and SHA-256, so that damage is seen before a file is opened."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

Digests = dict[str, tuple[int, str]]
"""Path below the folder -> (size in bytes, SHA-256)."""


class FolderDigest:
    """Hashes the files of a folder, and again only those that have changed since this one looked."""

    def __init__(self, folder: Path, leave_out: Iterable[str] = ()) -> None:
        self._folder = folder
        self._leave_out = frozenset(leave_out)
        self._seen: dict[str, tuple[tuple[int, int], tuple[int, str]]] = {}

    def digests(self) -> Digests:
        """Every file below the folder as it is now."""
        found = {path.relative_to(self._folder).as_posix(): path for path in self._folder.rglob("*") if path.is_file()}
        self._seen = {name: self._look(name, path) for name, path in found.items() if name not in self._leave_out}
        return {name: digest for name, (_, digest) in sorted(self._seen.items())}

    def _look(self, name: str, path: Path) -> tuple[tuple[int, int], tuple[int, str]]:
        status = path.stat()
        stamp = (status.st_size, status.st_mtime_ns)
        known = self._seen.get(name)
        if known is not None and known[0] == stamp:
            return known
        with path.open("rb") as file:
            return stamp, (status.st_size, hashlib.file_digest(file, "sha256").hexdigest())


def damage(expected: Mapping[str, tuple[int, str]], found: Mapping[str, tuple[int, str]]) -> str:
    """What differs, as the name of the first such file and why; empty when nothing does."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            return f"{name} is missing"
        if name not in expected:
            return f"{name} does not belong to it"
        if expected[name] != found[name]:
            return f"{name} has changed"
    return ""


def write_durably(path: Path, text: str, mode: int = 0o666) -> None:
    """A file that holds either what it held before or all of this text, through crash and power loss. `mode`: who may
    read it, from its first byte on, as far as the umask lets them. Where it raises OSError, nothing else is left."""
    draft = path.with_name(path.name + ".tmp")
    try:
        with open(draft, "w", encoding="utf-8", opener=partial(os.open, mode=mode)) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    flush(path.parent)


def flush(path: Path) -> None:
    """Make a file's bytes, or a folder's names, outlast a power loss."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
