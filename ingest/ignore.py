"""Patterns in the style of .gitignore: which paths of a folder are left out, and which alone are taken.

Written here, since a walk from the top asks for one path at a time, which pathspec answers otherwise than git
(`a` and then `!a/**` leaves `a` out); the tests hold the rules to `git check-ignore`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import InputError

IGNORE_FILE = ".footnoteignore"
"""Lines of such a file hold for its folder and all below it."""
_MAX_BYTES = 1_000_000
_PIECE = re.compile(
    r"(?P<stars>\*+)|\\(?P<escaped>.)|\[(?P<negated>[!^]?)(?P<chosen>(?:\]|\\.|[^\]\\])(?:\\.|[^\]\\])*)\]|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Pattern:
    takes_back: bool
    of_folders: bool
    is_path: bool
    """Matched against the whole path; one without a slash against the name alone."""
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of one list, the last one first."""

    _patterns: tuple[_Pattern, ...]

    def verdict(self, relative: str) -> bool | None:
        """Whether the last pattern that fits this very path leaves it out or takes it back; None where none fits."""
        path = relative.removesuffix("/")
        name = path.rsplit("/", maxsplit=1)[-1]
        for pattern in self._patterns:
            if pattern.of_folders and path == relative:
                continue
            if pattern.regex.fullmatch(path if pattern.is_path else name):
                return not pattern.takes_back
        return None

    def fits(self, relative: str) -> bool:
        """Whether the path is meant, or a folder above it and nothing nearer takes it back."""
        verdict = self.verdict(relative)
        while verdict is None and "/" in relative.removesuffix("/"):
            relative = relative.removesuffix("/").rsplit("/", maxsplit=1)[0] + "/"
            verdict = self.verdict(relative)
        return bool(verdict)


@dataclass(frozen=True, slots=True)
class Ignore:
    """The rules that hold in one folder: of ignore files from the top folder down to it, and those given by hand.

    Paths are relative to the top folder, with `/`; those of folders end in `/`. Who walks does not enter a folder that
    is left out, so that nothing inside it can be taken back in, as with git.
    """

    _exclude: Patterns | None = None
    _layers: tuple[tuple[int, Patterns], ...] = field(default=())
    """(length of the folder's own path, its patterns), the deepest folder first."""

    @classmethod
    def top(cls, folder: Path, exclude: Sequence[str] = ()) -> Ignore:
        """The rules of the top folder. Patterns given by hand stand above every ignore file."""
        return cls(patterns(exclude)).inside(folder, "")

    def inside(self, folder: str | Path, relative: str) -> Ignore:
        """The rules inside a folder. Raises InputError for an ignore file that cannot be used."""
        lines = _lines(os.path.join(folder, IGNORE_FILE))
        if not lines:
            return self
        spec = patterns(lines, os.path.join(folder, IGNORE_FILE))
        return Ignore(self._exclude, ((len(relative), spec), *self._layers)) if spec else self

    def leaves_out(self, relative: str) -> bool:
        """Whether a path is left out; the last pattern that fits decides, the one of the deepest folder first."""
        if self._exclude is not None and self._exclude.verdict(relative):
            return True
        for start, spec in self._layers:
            verdict = spec.verdict(relative[start:])
            if verdict is not None:
                return verdict
        return False


def patterns(lines: Iterable[str], where: str = "") -> Patterns | None:
    """Patterns ready for use; None where there are none. Raises InputError for one that cannot be understood."""
    try:
        made = [_pattern(line) for line in map(_without_blanks, lines) if line and not line.startswith("#")]
    except ValueError as error:
        place = f" in {where!r}" if where else ""
        raise InputError(f"a pattern{place} cannot be used ({error}): write it as in a .gitignore file") from error
    return Patterns(tuple(reversed(made))) if made else None


def _without_blanks(line: str) -> str:
    """Blanks at the end do not count, unless a backslash stands before the last one."""
    while line.endswith(" ") and not line.endswith("\\ "):
        line = line[:-1]
    return line


def _pattern(line: str) -> _Pattern:
    takes_back = line.startswith("!")
    text = line[1:] if takes_back else line
    path = text.removesuffix("/")
    try:
        return _Pattern(takes_back, text != path, "/" in path, re.compile(_regex(path.removeprefix("/")), re.DOTALL))
    except re.error as error:
        raise ValueError(f"{line!r} has brackets or a backslash without their other half") from error


def _regex(path: str) -> str:
    """`**` stands for any number of folders, at the end for everything inside; all else stays within one name."""
    *folders, last = path.split("/")
    start = "".join("(?:.+/)?" if folder == "**" else f"{_name(folder)}/" for folder in folders)
    return start + (".+" if last == "**" else _name(last))


def _name(text: str) -> str:
    return "".join(_piece(found) for found in _PIECE.finditer(text))


def _piece(found: re.Match[str]) -> str:
    stars, escaped, negated, chosen, other = found.group("stars", "escaped", "negated", "chosen", "other")
    if stars:
        return "[^/]*"
    if chosen:
        inside = re.sub(r"\\?(.)", lambda one: one[1] if one[0] == "-" else re.escape(one[1]), chosen, flags=re.DOTALL)
        return f"(?!/)[{'^' if negated else ''}{inside}]"
    if other in ("[", "\\"):
        raise re.error("not closed")
    return "[^/]" if other == "?" else re.escape(escaped or other)


def is_left_out(top: Path, path: Path, exclude: Sequence[str] = ()) -> bool:
    """Whether a walk from the top folder would pass by this path: it, or a folder above it, is hidden, a link or left
    out. A path that does not exist any more counts as a file or a folder, whichever is left out."""
    parts = path.relative_to(top).parts
    steps = [top.joinpath(*parts[:n]) for n in range(1, len(parts) + 1)]
    if any(step.name.startswith(".") or step.is_symlink() for step in steps):
        return True
    rules, relative = Ignore.top(top, exclude), ""
    for part in parts[:-1]:
        relative += f"{part}/"
        if rules.leaves_out(relative):
            return True
        rules = rules.inside(top / relative, relative)
    relative += "".join(parts[-1:])
    forms = (f"{relative}/",) if path.is_dir() else (relative,) if path.exists() else (relative, f"{relative}/")
    return bool(relative) and any(map(rules.leaves_out, forms))


def _lines(path: str) -> list[str]:
    """The lines of an ignore file, none where there is no file."""
    try:
        found = os.lstat(path)
    except OSError:  # no such file; or a closed folder, which fails by name when it is opened
        return []
    if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, a link could lead anywhere
        return []
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            return file.read(_MAX_BYTES).splitlines()
    except OSError as error:
        raise InputError(f"{path!r} cannot be read ({error.strerror}): what it leaves out is not known") from error
