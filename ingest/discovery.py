"""Which files a list of paths means."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from ingest.loaders import SUFFIXES
from ingest.pipeline import File
from rag.errors import InputError


def find_files(paths: Iterable[str]) -> list[File]:
    """Files named one by one, and those in folders whose kind is supported, hidden ones and links left out.

    Raises InputError for a path that does not exist, and for folders without a single usable file.
    """
    return list({file.source: file for path in paths for file in _files_of(path)}.values())


def read_list(text: str) -> list[File]:
    """The files that lines of `{"path": ..., "name": ...}` name, from a file or, for `-`, from standard input.

    Raises InputError for a list that cannot be read; a file in it that does not exist fails later, on its own.
    """
    try:
        lines = (sys.stdin.buffer if text == "-" else BytesIO(Path(text).read_bytes())).readlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        files = [File(Path(row["path"]), str(row["name"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the list of files {text!r} cannot be read ({error}): give one JSON object a line") from error
    return list({file.source: file for file in files}.values())


def _files_of(text: str) -> list[File]:
    try:
        path = Path(text).expanduser().resolve()
        if not path.exists():
            raise InputError(f"{text!r} does not exist: check the path")
        if not path.is_dir():
            return [_file(path)]
        found = [_file(inner) for inner in _walk(path)]
    except (OSError, ValueError) as error:
        raise InputError(f"{text!r} cannot be read ({error}): check the path and its rights") from error
    if not found:
        raise InputError(
            f"{text!r} holds no file of a kind that can be read; the kinds are {', '.join(sorted(SUFFIXES))}"
        )
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():  # a link could lead out of the folder or round in circles
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file() and path.suffix.lower() in SUFFIXES:
            yield path


def _file(path: Path) -> File:
    return File(path, str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
