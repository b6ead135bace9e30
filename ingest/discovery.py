"""Which files a list of paths means."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from stat import S_IFIFO, S_IFMT, S_IFSOCK

from indexes.records import FileStat
from indexes.terminal import one_line
from ingest.files import File, stat_of
from ingest.ignore import Ignore, Patterns, patterns
from ingest.loaders import SUFFIXES
from ingest.sources import listed, written
from rag.errors import InputError
from rag.types import counted

_SUFFIXES = frozenset(SUFFIXES)
HIDDEN, EXCLUDED = "hidden path", "excluded path"
LINK, PIPE, SOCKET, DEVICE = "link", "pipe", "socket", "device"
"""What in a folder is passed by, in words that go after a number."""
ODD = {
    LINK: "not followed, since it could lead out of the folder or round in circles",
    PIPE: "not waited for: it holds nothing by itself",
    SOCKET: "not asked: it holds nothing by itself",
    DEVICE: "not read: it may have no end",
}
"""Those that somebody may have taken for files, with the reason."""
PassedBy = Mapping[str, Sequence[str]]
"""What was passed by -> the sources that it would have."""
_KINDS_TOLD = ".pdf, .docx, .md, .html and .eml are some that can be; `python -m ingest add --help` lists all kinds"


@dataclass(frozen=True, slots=True)
class Found:
    """What paths mean: the files to read, those of no supported kind, and what was passed by."""

    files: list[File]
    other_kinds: list[File]
    passed_by: PassedBy


@dataclass(frozen=True, slots=True)
class Looked:
    """What is in a folder: files that can be read, those of other kinds, folders inside it that nobody may look into,
    and what was passed by."""

    files: tuple[File, ...]
    other_kinds: tuple[File, ...]
    closed: tuple[str, ...]
    passed_by: PassedBy


def look_through(folder: Path, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Looked:
    """The files below a folder, which may be none; raises InputError where the folder itself cannot be read."""
    walk = _Walk(patterns(include), tuple(exclude), defaultdict(list))
    try:
        found = list(walk.below(folder))
    except OSError as error:
        raise InputError(f"{str(folder)!r} cannot be read ({error.strerror}): check the path and its rights") from error
    closed = [file for file in found if file.stat is None and os.path.isdir(file.path)]
    names = {file.source for file in closed}
    files = tuple(file for file in found if file.source not in names)
    return Looked(files, tuple(walk.other_kinds), tuple(names), walk.passed_by)


def find(paths: Iterable[str], *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Found:
    """Files named one by one and those in folders, hidden ones and links passed by; then those of no supported kind.

    Only what a folder holds is sorted out, by its ending, by ignore files and by patterns in the style of .gitignore:
    with `include` only paths that fit one of them are taken, `exclude` always wins. A file that is named is read, or
    fails by name, and as the only path is tried even where that is known. A folder that cannot be read stands among the
    files, to fail by name, and so does a path among several that does not exist. Raises InputError where nothing can be
    read at all, a pattern cannot be used, or a folder has not a single usable file.
    """
    files: dict[str, File] = {}
    others: dict[str, File] = {}
    passed_by: dict[str, list[str]] = {}
    paths = list(paths)
    for path in paths:
        walk = _Walk(patterns(include), tuple(exclude), defaultdict(list))
        files |= {file.source: file for file in _files_of(path, walk, is_alone=len(paths) == 1)}
        others |= {file.source: file for file in walk.other_kinds}
        for what, sources in walk.passed_by.items():
            passed_by[what] = list(dict.fromkeys([*passed_by.get(what, ()), *sources]))
    return Found(list(files.values()), [file for file in others.values() if file.source not in files], passed_by)


def read_list(text: str) -> list[File]:
    """The files that lines of `{"path": ..., "name": ...}` name, from a file or, for `-`, from standard input.

    Raises InputError for a list that cannot be read and for one that gives two files the same name; a file in it that
    does not exist fails later, on its own.
    """
    try:
        lines = (sys.stdin.buffer if text == "-" else BytesIO(Path(text).read_bytes())).readlines()
    except (OSError, ValueError) as error:
        raise InputError(
            f"the list of files {text!r} cannot be read ({error}): check the path and its rights"
        ) from error
    files: dict[str, File] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            file = _file_of_line(line, f"line {number} of the list of files {text!r}")
            if files.setdefault(file.source, file) != file:
                raise InputError(
                    f"line {number} of the list of files {text!r} gives a name for the second time, to "
                    f"another file: {file.source[:200]!r}"
                )
    return [replace(file, is_named=len(files) == 1) for file in files.values()]


def _file_of_line(line: bytes, where: str) -> File:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is no JSON ({error}): give one object a line") from error
    path, name = (row.get(key) if isinstance(row, dict) else None for key in ("path", "name"))
    if not isinstance(path, str) or not isinstance(name, str) or not path.strip() or not name.strip():
        raise InputError(f'{where} is not of the form {{"path": ..., "name": ...}} with a text for each')
    try:
        os.fsencode(path)
    except ValueError as error:
        raise InputError(f"{where} has a path that no file can have: {path[:200]!r}") from error
    return File(Path(path), listed(name.strip()))


def _files_of(text: str, walk: _Walk, *, is_alone: bool) -> list[File]:
    try:
        if not text.strip():
            raise InputError("an empty path: say which file or folder")
        path = Path(text).expanduser().resolve()
        if not path.exists() and is_alone:
            raise InputError(f"{text!r} does not exist: check the path")
        if not path.exists():  # it fails by name, and the others are read all the same
            return [File(path, written(path))]
        if not path.is_dir():
            return [replace(_file(path, stat_of(path.stat())), is_named=is_alone)]
        files = list(walk.below(path))
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a link to itself, or `~` of nobody
        raise InputError(f"{text!r} cannot be read ({error}): check the path and its rights") from error
    if not files and EXCLUDED in walk.passed_by:
        raise InputError(f"the patterns leave no file of {text!r} that can be read: check them, and .footnoteignore")
    if not files:
        raise InputError(f"{text!r} holds no file that can be read{walk.instead()}; {_KINDS_TOLD}")
    return files


def kinds_of(files: Sequence[File]) -> str:
    """The endings of files with their numbers, the most frequent first."""
    endings = Counter(file.path.suffix.lower() or "without ending" for file in files)
    return ", ".join(f"{n} {one_line(suffix)}" for suffix, n in endings.most_common(8))


@dataclass(slots=True)
class _Walk:
    """A way through a folder that opens each folder once and asks for each file once."""

    include: Patterns | None
    exclude: tuple[str, ...]
    passed_by: dict[str, list[str]]
    other_kinds: list[File] = field(default_factory=list)

    def instead(self) -> str:
        """What a folder holds in which nothing can be read."""
        others = [kinds_of(self.other_kinds)] if self.other_kinds else []
        others += [f"{counted(len(sources), what)}" for what, sources in self.passed_by.items()]
        return f" (but {', '.join(others)})" if others else ""

    def below(self, top: Path) -> Iterator[File]:
        """The files in a folder and below, by name; a folder inside that cannot be read comes itself."""
        levels = [self._entries(str(top), "", Ignore.top(top, self.exclude))]
        while levels:  # no recursion: folders may lie deeper than Python calls
            step = next(levels[-1], None)
            if step is None:
                levels.pop()
            elif isinstance(step, File):
                yield step
            else:
                path, relative, rules = step
                try:
                    levels.append(self._entries(path, relative, rules.inside(path, relative)))
                except OSError:
                    yield _file(Path(path))

    def _entries(self, folder: str, prefix: str, rules: Ignore) -> Iterator[File | tuple[str, str, Ignore]]:
        """Files of one folder, and the folders in it as (path, path from the top, rules around it)."""
        os.stat(os.path.join(folder, "."))  # whose names may be read but not what they stand for, counts as closed
        with os.scandir(folder) as opened:
            entries = sorted(opened, key=lambda entry: entry.name)
        return filter(None, (self._entry(entry, prefix, rules) for entry in entries))

    def _entry(self, entry: os.DirEntry[str], prefix: str, rules: Ignore) -> File | tuple[str, str, Ignore] | None:
        is_folder = entry.is_dir(follow_symlinks=False)
        relative = f"{prefix}{entry.name}/" if is_folder else prefix + entry.name
        reason = _reason(entry, is_folder) or (EXCLUDED if self._is_left_out(relative, rules, is_folder) else "")
        if reason:
            self.passed_by[reason].append(written(Path(entry.path)))
            return None
        if is_folder:
            return entry.path, relative, rules
        file = _file(Path(entry.path), _stat(entry))
        if file.path.suffix.lower() in _SUFFIXES:
            return file
        self.other_kinds.append(file)
        return None

    def _is_left_out(self, relative: str, rules: Ignore, is_folder: bool) -> bool:
        if rules.leaves_out(relative):
            return True
        return self.include is not None and not is_folder and not self.include.fits(relative)


def _reason(entry: os.DirEntry[str], is_folder: bool) -> str:
    """Why something is passed by, whatever the patterns say; empty when it is not."""
    if entry.name.startswith("."):
        return HIDDEN
    if entry.is_symlink():  # a link could lead out of the folder or round in circles
        return LINK
    if is_folder or entry.is_file(follow_symlinks=False):
        return ""
    return {S_IFIFO: PIPE, S_IFSOCK: SOCKET}.get(_format(entry), DEVICE)


def _format(entry: os.DirEntry[str]) -> int:
    try:
        return S_IFMT(entry.stat(follow_symlinks=False).st_mode)
    except OSError:  # gone since
        return 0


def _stat(entry: os.DirEntry[str]) -> FileStat | None:
    try:
        return stat_of(entry.stat(follow_symlinks=False))
    except OSError:  # gone since, or in a folder whose names alone may be read: reading it says so
        return None


def _file(path: Path, stat: FileStat | None = None) -> File:
    return File(path, written(path), stat=stat)
