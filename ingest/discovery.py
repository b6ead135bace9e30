"""Which files a list of paths means."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from ingest.files import File
from ingest.loaders import SUFFIXES
from rag.errors import InputError


def find_files(paths: Iterable[str]) -> tuple[list[File], list[File]]:
    """Files named one by one and those in folders, hidden ones and links left out; then those of no supported kind.

    Only what a folder holds is sorted out by its ending: a file that is named is read, or fails by name. Raises
    InputError for a path that does not exist, and for folders without a single usable file.
    """
    files: dict[str, File] = {}
    skipped: dict[str, File] = {}
    for path in paths:
        usable, others = _files_of(path)
        files |= {file.source: file for file in usable}
        skipped |= {file.source: file for file in others}
    return list(files.values()), [file for file in skipped.values() if file.source not in files]


@dataclass(frozen=True, slots=True)
class Looked:
    """What is in a folder: files that can be read, those of other kinds, and folders that nobody may look into."""

    files: tuple[File, ...]
    skipped: tuple[File, ...]
    closed: tuple[str, ...]


def look_through(folder: Path, *, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> Looked:
    """The files below a folder."""
    found = list(_walk(folder))
    files = [_file(path) for path in found if path.suffix.lower() in SUFFIXES and not path.is_dir()]
    skipped = [_file(path) for path in found if path.suffix.lower() not in SUFFIXES and not path.is_dir()]
    return Looked(tuple(files), tuple(skipped), tuple(_file(path).source for path in found if path.is_dir()))


def read_list(text: str) -> list[File]:
    """The files that lines of `{"path": ..., "name": ...}` name, from a file or, for `-`, from standard input.

    Raises InputError for a list that cannot be read; a file in it that does not exist fails later, on its own.
    """
    try:
        lines = (sys.stdin.buffer if text == "-" else BytesIO(Path(text).read_bytes())).readlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        files = [File(Path(row["path"]), listed(str(row["name"]))) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"the list of files {text!r} cannot be read ({error}): give one JSON object a line") from error
    return list({file.source: file for file in files}.values())


def listed(name: str) -> str:
    """A name as it can be stored: halves of surrogate pairs, which are no text, are written as their numbers."""
    return name.encode("utf-8", "backslashreplace").decode().strip()


def _files_of(text: str) -> tuple[list[File], list[File]]:
    try:
        if not text.strip():
            raise InputError("an empty path: say which file or folder")
        path = Path(text).expanduser().resolve()
        if not path.exists():
            raise InputError(f"{text!r} does not exist: check the path")
        if not path.is_dir():
            return [_file(path)], []
        found = list(_walk(path))
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a link to itself, or `~` of nobody
        raise InputError(f"{text!r} cannot be read ({error}): check the path and its rights") from error
    usable = [_file(inner) for inner in found if inner.suffix.lower() in SUFFIXES or inner.is_dir()]
    if not usable:
        raise InputError(
            f"{text!r} holds no file of a kind that can be read; the kinds are {', '.join(sorted(SUFFIXES))}"
        )
    return usable, [_file(inner) for inner in found if inner.suffix.lower() not in SUFFIXES and not inner.is_dir()]


def _walk(folder: Path) -> Iterator[Path]:
    """The files in a folder and below; a folder below it that cannot be read comes itself, to be named as failed."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():  # a link could lead out of the folder or round in circles
            continue
        if path.is_dir():
            try:
                yield from _walk(path)
            except OSError:
                yield path
        elif path.is_file():
            yield path


def _file(path: Path) -> File:
    """Bytes of a name that are no UTF-8 are written as `\\xff`, so that two names never become one."""
    return File(path, os.fsencode(path).decode("utf-8", "backslashreplace"))
