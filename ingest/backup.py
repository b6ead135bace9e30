"""A whole home in one file, made while others go on working; `restoring` puts it back."""

from __future__ import annotations

import fcntl
import glob
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexes.database import NAME
from indexes.folder_digest import flush
from indexes.library import Library
from ingest.drafts import draft_folder
from ingest.files import digest
from ingest.sources import INSIDE, path_of
from rag.errors import InputError, StoreError

MANIFEST = "MANIFEST.json"
"""The first part of a backup: what its other parts are."""
FORMAT = 1


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
    try:
        with _drafted(library, path) as folder, _named(path) as draft:
            copy = Path(folder)
            _link_originals(home, copy)
            contents = library.catalogue.database.copy_to(copy / NAME)
            closed = _link_originals(home, copy)  # those that came between the first look and the catalogue's copy
            names = [NAME, *sorted(_inside(copy / "uploads", copy))]
            digests = _write(draft, copy, names)
            flush(draft)
    except FileExistsError as error:
        raise InputError(f"{path} exists by now: another backup got that name; choose another one") from error
    except OSError as error:
        raise StoreError(
            f"the backup cannot be written to {path} ({error.strerror}): see whether it has room"
        ) from error
    wrong, n_text_only = _without_original(contents, digests, closed)
    counts = {"documents": len(contents), "text_only": n_text_only, "originals": len(names) - 1, "wrong": wrong}
    return {"file": str(path), **counts, "mb": round(path.stat().st_size / 1e6, 1)}


@contextmanager
def _named(path: Path) -> Iterator[Path]:
    """An empty file of its own, which gets its name at the end; what killed runs have left of theirs goes.

    Raises FileExistsError where the name was taken meanwhile.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)  # 0600, as it must be
    draft = Path(name)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield draft
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            draft.rename(path)
        flush(path.parent)
    finally:
        draft.unlink(missing_ok=True)
        os.close(number)


def _without_original(
    contents: Sequence[tuple[str, str]], digests: Mapping[str, str], closed: Collection[str]
) -> tuple[dict[str, str], int]:
    """Source -> what is wrong with the kept file of a document, and how many documents have none since they need none.

    What was uploaded, or found inside of another file, has nothing but its kept copy.
    """
    wrong, n_text_only = {}, 0
    kept = {name.split("/")[1]: sha256 for name, sha256 in digests.items() if name != NAME}
    for source, sha256 in contents:
        folder, has_file = sha256[:16], INSIDE not in source and path_of(source).is_absolute()
        if folder in kept:
            if not kept[folder].startswith(folder):
                wrong[source] = "altered"
        elif folder in closed or ("" in closed and not has_file):
            wrong[source] = "cannot be read"
        elif has_file:
            n_text_only += 1
        else:
            wrong[source] = "missing"
    return wrong, n_text_only


def _drafted(library: Library, path: Path) -> AbstractContextManager[str | Path]:
    """An empty folder: in the home, where files need not be copied, or beside the backup where the home is closed."""
    if library.catalogue.database.is_read_only:
        return tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent)
    return draft_folder(library.settings.home)


def _link_originals(home: Path, copy: Path) -> set[str]:
    """Hard links: removed meanwhile, an original is in the backup all the same; one being written has no name yet.

    Returns the folders that are closed to this process; an empty name stands for all of them.
    """
    closed: set[str] = set()

    def refused(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            closed.add(Path(error.filename).relative_to(home / "uploads").as_posix().removeprefix("."))

    for name in _inside(home / "uploads", home, refused):
        target = copy / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(home / name, target)
            except FileNotFoundError:
                continue
            except OSError:  # a file system without links
                shutil.copy2(home / name, target)
        if not os.access(target, os.R_OK):
            target.unlink()
            closed.add(name.split("/")[1])
    return closed


def _inside(folder: Path, root: Path, refused: Callable[[OSError], None] | None = None) -> Iterator[str]:
    for parent, _, names in os.walk(folder, onerror=refused):
        for path in (Path(parent) / name for name in names):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(root).as_posix()


def _write(draft: Path, copy: Path, names: list[str]) -> dict[str, str]:
    """Everything that is in the library is in this file; the SHA-256 of each part by its name."""
    files = {name: {"size": (copy / name).stat().st_size, "sha256": digest(copy / name)} for name in names}
    made = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = json.dumps({"footnote_backup": FORMAT, "made": made, "files": files}, indent=1).encode()
    with tarfile.open(draft, "w") as archive:
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(manifest)
        archive.addfile(head, io.BytesIO(manifest))
        for name in names:
            archive.add(copy / name, name, recursive=False)
    return {name: str(of["sha256"]) for name, of in files.items()}
