"""What lies below `home/uploads`, and whether it is what the catalogue says of it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ingest.files import digest

Fate = Literal["whole", "missing", "altered", "unreadable"]


@dataclass(slots=True)
class KeptFiles:
    """The kept files that could be read, and which could not."""

    digests: dict[Path, str] = field(default_factory=dict)
    """Path -> SHA-256."""
    closed: set[str] = field(default_factory=set)
    """The names of folders with something that this process may not read; "" stands for all of them."""

    def fates(self, wanted: Iterable[str]) -> dict[str, Fate]:
        """SHA-256 of a document -> what has become of its copy, whose folder is named after the first letters."""
        found: dict[str, set[str]] = defaultdict(set)
        for path, sha256 in self.digests.items():
            found[path.parent.name].add(sha256)
        return {sha256: self._fate(sha256, found[sha256[:16]]) for sha256 in wanted}

    @property
    def altered(self) -> list[Path]:
        """Those whose bytes are others than their folder's name says."""
        return [path for path, sha256 in self.digests.items() if not sha256.startswith(path.parent.name)]

    def _fate(self, sha256: str, found: set[str]) -> Fate:
        if self.closed & {"", sha256[:16]}:
            return "unreadable"
        if not found:
            return "missing"
        return "whole" if sha256 in found else "altered"


def kept_paths(uploads: Path) -> KeptFiles:
    """Every kept file, unread: the digests are empty. One being written has no name yet."""
    kept = KeptFiles()
    for name in _entries(uploads, "", kept, folders=True):
        for file in _entries(uploads / name, name, kept, folders=False):
            kept.digests[uploads / name / file] = ""
    return kept


def kept_files(uploads: Path, wanted: Container[str] | None = None) -> KeptFiles:
    """Every kept file, read, or those of the folders of these names; one that is removed meanwhile is passed by."""
    listed = kept_paths(uploads)
    kept = KeptFiles(closed=listed.closed)
    for path in listed.digests:
        if wanted is not None and path.parent.name not in wanted:
            continue
        try:
            kept.digests[path] = digest(path)
        except FileNotFoundError:
            continue
        except OSError:
            kept.closed.add(path.parent.name)
    return kept


def _entries(folder: Path, name: str, kept: KeptFiles, *, folders: bool) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            found = [e for e in entries if (e.is_dir if folders else e.is_file)(follow_symlinks=False)]
            return sorted(entry.name for entry in found if not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError:
        kept.closed.add(name)
        return []
