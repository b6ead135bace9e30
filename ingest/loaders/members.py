"""The files inside of a file: which of them are handed out, under which names, and what is said about the others."""

from __future__ import annotations

from pathlib import PurePosixPath

from ingest.loaders.assembly import Assembly
from ingest.loaders.cleaning import one_line
from ingest.loaders.source import SourceFile
from ingest.sniff import FORMATS, is_readable_name

_LONGEST, _LONGEST_ENDING = 1000, 10
_NAMED = 10
"""Names that a warning gives; of more it gives the number."""
_RESOURCES = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})

OUTSIDE = "their names point outside of it"
LOCKED = "they are protected with a password"
LINKS = "they are links or devices"
DAMAGED = "they are damaged"
EMPTY = "they are empty"
TOO_LARGE = "they are larger than the limit for a file"


class Members:
    """Hands out members one by one and keeps account of those that are left out."""

    def __init__(self, source: SourceFile) -> None:
        self.n_handed_out = 0
        self._n_bytes = 0
        self._is_full = False
        self._source = source
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._left_out: dict[str, list[str]] = {}
        self._unreadable: list[str] = []

    @property
    def room(self) -> int:
        """The most bytes that a member may have."""
        return self._source.max_bytes

    def wants(self, name: str) -> bool:
        """Whether a member of that name should be unpacked; says no to hidden files, odd names and unreadable kinds."""
        parts = [part for part in name.split("/") if part not in {"", "."}]  # `tar c .` calls its files ./a.txt
        if not parts or any(part in _RESOURCES or (part[0] == "." and part != "..") for part in parts):
            return False
        if name.startswith("/") or ".." in parts or parts[0][1:2] == ":":
            return self.leave_out(name, OUTSIDE)
        if not self.has_room(name):
            return False
        if not is_readable_name(name):
            self._unreadable.append(name)
            return False
        return True

    def has_room(self, name: str) -> bool:
        """Whether one more member may come; the first for which there is no room is the last that is looked at."""
        self._is_full = self._is_full or self.n_handed_out >= self._source.room.n_files
        return not self._is_full or self.leave_out(name, self._source.room.reason)

    def leave_out(self, name: str, reason: str) -> bool:
        """Remember that a member was not read, for a warning; always False."""
        self._left_out.setdefault(reason, []).append(name)
        return False

    def hand_out(self, name: str, data: bytes) -> None:
        """Give a member away, under a name of its own."""
        if not data:
            self.leave_out(name, EMPTY)
        elif len(data) > self._source.max_bytes:
            self.leave_out(name, TOO_LARGE)
        elif self._n_bytes + len(data) > self._source.room.n_bytes:
            self._is_full = True
            self.leave_out(name, self._source.room.reason)
        elif self._source.hand_out:
            self._source.hand_out(self._unique(name), data)
            self.n_handed_out += 1
            self._n_bytes += len(data)

    def count_rest(self, n_inflated: int) -> None:
        """Tell how many of the bytes that an archive gave were not handed out."""
        if n_inflated > self._n_bytes:
            self._source.skipped(n_inflated - self._n_bytes)

    def finish(self, assembly: Assembly) -> None:
        """Say in the document's warnings what was left out."""
        assembly.warnings += self._sentences()

    def finish_container(self, assembly: Assembly) -> None:
        """Like `finish`, for a file that is nothing but its members: raises LoadError when there were none."""
        if not self.n_handed_out:
            reasons = " ".join(self._sentences())
            raise self._source.error(f"holds no file that can be read. {reasons}".rstrip())
        self.finish(assembly)

    def _unique(self, name: str) -> str:
        """The name, or `name (2)` and so on; long ones are cut so that their number and ending are kept."""
        path = PurePosixPath(one_line(name, _LONGEST))
        suffix = path.suffix if len(path.suffix) <= _LONGEST_ENDING else ""
        stem = str(path)[: -len(suffix)] if suffix else str(path)
        unique, number = f"{stem}{suffix}", self._numbers.get(stem.lower(), 1)
        while unique.lower() in self._taken:
            number += 1
            unique = f"{stem} ({number}){suffix}"
        self._numbers[stem.lower()] = number
        self._taken.add(unique.lower())
        return unique

    def _sentences(self) -> list[str]:
        sentences = []
        for reason, names in self._left_out.items():
            sentences.append(f"Files inside were left out because {reason}: {_listed(names)}.")
        if self._unreadable:
            n, endings = len(self._unreadable), sorted({_kind_of(name) for name in self._unreadable})
            what = "1 file inside was left out because its kind" if n == 1 else (
                f"{n:,} files inside were left out because their kinds")  # fmt: skip
            sentences.append(f"{what} cannot be read: {_listed(endings)}.")
        return sentences


def check_taken(source: SourceFile) -> None:
    """Raises LoadError for an archive whose files nobody takes: it lies too deep inside of others."""
    if source.hand_out is None:
        raise source.error("is an archive that is not unpacked here: unpack it and add the files in it.")
    if source.room.n_files < 1 or source.room.n_bytes < 1:
        raise source.error(f"is not unpacked: {source.room.reason}. Unpack it and add the files in it.")


def member_name(text: str, suffix: str, *, otherwise: str) -> str:
    """A file name made of a line of text, a mail's subject for example."""
    kept = "".join(" " if character in '/\\:*?"<>|' else character for character in text)
    return (one_line(kept, 100).strip(". ") or otherwise) + suffix


def suffix_of(media_type: str) -> str:
    """The ending of files of a media type; empty for one that cannot be read."""
    return next((known.suffixes[0] for known in FORMATS.values() if known.media_type == media_type), "")


def _kind_of(name: str) -> str:
    return one_line(PurePosixPath(name).suffix.lower(), 20) or "without an ending"


def _listed(names: list[str]) -> str:
    shown = ", ".join(one_line(name, 80) for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED:,} more"
