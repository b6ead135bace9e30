"""A whole home in one file, made while others go on working."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexes.catalogue_file import NAME
from indexes.copied import forget_removed, needed, places
from indexes.folder_digest import flush
from indexes.library import Library
from indexes.schema_check import lacking
from ingest.archive import Digests, pack
from ingest.drafts import draft_beside, draft_folder
from ingest.files import digest
from ingest.kept_look import Fate, KeptFiles, kept_files, kept_paths
from ingest.removal import folder_name
from ingest.sources import path_of
from rag.errors import InputError, StoreError

LACKING: tuple[Fate, ...] = ("missing", "altered", "unreadable")
"""What can be wrong with a kept file."""


def back_up(library: Library, path: Path) -> dict[str, Any]:
    """Write the catalogue as it is at one moment and the kept originals to `path`; what was written.

    The indexes are left out: they are made from the catalogue. So is what was removed and could be put back. The file
    gets its name when it is complete. Under each of `LACKING` stand the sources whose originals should be in it, and
    are not as they should be. Raises InputError for a path that is taken.
    """
    _check_free(path)
    if lost := lacking(library.catalogue.database):
        raise StoreError(
            f"the catalogue lacks {', '.join(lost)}, so that nothing could be put back from its backup: "
            "`python -m ingest doctor` says what can be made anew, and what is lost"
        )
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}: make it, or choose another place")
    try:
        with draft_beside(path) as draft, _copy(library, draft) as copy:
            removed = library.catalogue.removed.contents()
            closed = _link_originals(library.settings.home, copy)
            library.catalogue.database.copy_to(copy / NAME)
            closed |= _link_originals(library.settings.home, copy)  # those that came before the catalogue's copy
            _leave_out(copy, removed | forget_removed(copy / NAME))
            kept = kept_files(copy / "uploads")
            kept.closed |= closed
            originals = {path.relative_to(copy).as_posix(): sha256 for path, sha256 in kept.digests.items()}
            found = _looked_over(copy, kept)
            _write(draft / "backup", copy, {NAME: digest(copy / NAME), **originals})
            _name(draft / "backup", path)
    except OSError as error:
        raise StoreError(
            f"the backup cannot be written to {path} ({error.strerror}): see whether it has room"
        ) from error
    return {"file": str(path), "originals": len(originals), "mb": round(path.stat().st_size / 1e6, 1), **found}


def _check_free(path: Path) -> None:
    if os.path.lexists(path):
        raise InputError(f"{path} exists already: choose another name, or remove it")


@contextmanager
def _copy(library: Library, draft: Path) -> Iterator[Path]:
    """An empty folder: in the home, where files need not be copied, or beside the backup where the home is closed."""
    if not library.catalogue.database.is_read_only:
        with draft_folder(library.settings.home) as folder:
            yield folder
        return
    folder = draft / "copy"
    folder.mkdir()
    yield folder


def _link_originals(home: Path, copy: Path) -> set[str]:
    """Hard links: removed meanwhile, an original is in the backup all the same. What is closed to this process."""
    kept = kept_paths(home / "uploads")
    for path in kept.digests:
        target = copy / path.relative_to(home)
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _link(path, target)
        except FileNotFoundError:
            continue
        except PermissionError:
            kept.closed.add(path.parent.name)
    return kept.closed


def _leave_out(copy: Path, removed: Iterable[str]) -> None:
    """A backup holds nothing that was removed: also no original that stays for a while so that it can be put back."""
    kept, jobs = needed(copy / NAME)
    kept |= {folder_name(path) for path in jobs}
    for name in {sha256[:16] for sha256 in removed} - {sha256[:16] for sha256 in kept}:
        shutil.rmtree(copy / "uploads" / name, ignore_errors=True)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links, or another user's file
        shutil.copy2(path, target)


def _looked_over(copy: Path, kept: KeptFiles) -> dict[str, Any]:
    """How many documents a copy has, how many of them without their file since that lies elsewhere, and the sources of
    those whose only bytes are the ones that the home keeps, by what is wrong with these."""
    sources: dict[tuple[int, str], list[tuple[str, bool]]] = defaultdict(list)
    for number, sha256, source, is_inside in places(copy / NAME):
        sources[number, sha256].append((source, is_inside))
    fates = kept.fates(sha256 for _, sha256 in sources)
    needed = {key: of[0][0] for key, of in sources.items() if not any(_is_file(*place) for place in of)}
    n_text_only = sum(key not in needed and fates[key[1]] == "missing" for key in sources)
    lacking: dict[str, list[str]] = {
        fate: [source for (_, sha256), source in needed.items() if fates[sha256] == fate] for fate in LACKING
    }
    return {"documents": len(sources), "text_only": n_text_only, **lacking}


def _is_file(source: str, is_inside: bool) -> bool:  # noqa: FBT001 - a row
    """Whether a document was read from a file by its path, which is no part of a home."""
    return not is_inside and path_of(source).is_absolute()


def _write(draft: Path, copy: Path, digests: Digests) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # the whole library is in this file
    with os.fdopen(descriptor, "wb") as file:
        pack(file, copy, digests)
    flush(draft)


def _name(draft: Path, path: Path) -> None:
    """Give a complete file its name, unless another backup of that name was faster."""
    try:
        os.link(draft, path)
    except OSError:  # it is there, or the file system knows no links
        _check_free(path)
        draft.replace(path)
    flush(path.parent)
