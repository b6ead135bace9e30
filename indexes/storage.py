"""What a library takes of the disk: by its parts, and by collection."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexes.catalogue import Catalogue
from indexes.catalogue_file import NAME
from indexes.schema import DERIVED


@dataclass(frozen=True, slots=True)
class CollectionSize:
    """What a collection holds; `n_bytes` are those of its files, wherever they lie, each counted once."""

    name: str
    n_documents: int
    n_chunks: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes on the disk."""

    originals: int
    """Copies of uploads, web pages and files that were inside of others; files that are read where they lie are not
    kept."""
    indexes: int
    catalogue: int
    """Texts, passages, vectors, jobs and conversations."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.originals + self.indexes + self.catalogue


def storage(home: Path) -> Storage:
    """As it is now; it takes as long as there are files in the home."""
    return Storage(
        originals=_size(home / "uploads"),
        indexes=sum(_size(home / name) for name in DERIVED),
        catalogue=sum(_bytes(home / f"{NAME}{ending}") for ending in ("", "-wal", "-shm")),
    )


def collection_sizes(catalogue: Catalogue) -> list[CollectionSize]:
    """Every collection by its name, those without documents, too. What lies inside of a file is counted with that."""
    sql = """SELECT c.name, COUNT(d.id), coalesce(SUM(d.n_chunks), 0), coalesce(SUM(CASE WHEN EXISTS (
            SELECT 1 FROM sources s WHERE s.document_id = d.id AND s.container_id IS NULL) THEN d.size END), 0)
        FROM collections c LEFT JOIN documents d ON d.collection_id = c.id GROUP BY c.id ORDER BY c.name"""
    return [CollectionSize(*row) for row in catalogue.database.rows(sql)]


def _size(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    """Of every file below a folder; what goes while it is looked at counts nothing."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _sizes(Path(entry.path))
        else:
            yield _bytes(Path(entry.path))


def _bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
