"""The file that a loader reads: where it is, what people call it, whom to tell about progress."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from indexes.terminal import one_line as escaped
from ingest.loaders.cleaning import one_line
from rag.errors import LoadError, Unreadable

_SEPARATOR = re.compile(r"\\(?!x[0-9a-f]{2})")
"""Of folders on Windows; a byte that is no UTF-8 is written after one as well."""

Progress = Callable[[int, int], None]
"""Called with (pages done, pages in all)."""

HandOut = Callable[[str, bytes], None]
"""Called with the name and the bytes of each file inside of this one that shall become a document of its own."""


Skipped = Callable[[int], None]
"""Called with a number of bytes that were unpacked and not handed out, which has cost as much."""


class Defect(Exception):
    """What is wrong with a file, from a place that does not know its name: `has a tag with ...`."""


def ignore(_done: int, _total: int = 0) -> None:
    """Nobody asked."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a file may hand out in all, and what is said about files that are left out for want of it."""

    n_files: int = 10_000
    n_bytes: int = 1_000_000_000
    reason: str = "only the first 10,000 files and 1,000 MB are read"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file on disk with the name that people know it by, which may differ from the name on disk."""

    path: Path
    name: str
    progress: Progress = ignore
    hand_out: HandOut | None = None
    """None where nobody takes members: the loader then warns that they were not read."""
    max_bytes: int = 1 << 30
    """The most that a member may have; larger ones are named in a warning."""
    room: Room = Room()
    skipped: Skipped = ignore

    @property
    def shown(self) -> str:
        """The name as it may stand in a sentence: one line, what nobody sees escaped as everywhere."""
        return one_line(escaped(self.name), 120) or "the file"

    @property
    def stem(self) -> str:
        """The name without folders and ending, for use as a title."""
        return one_line(escaped(PurePosixPath(_SEPARATOR.sub("/", self.name)).stem)) or "Untitled"

    @property
    def suffix(self) -> str:
        """The ending of the name in lower case, e.g. `.pdf`; empty when there is none."""
        return PurePosixPath(self.name.replace("\\", "/").strip()).suffix.lower()

    def read(self) -> bytes:
        """All bytes of the file."""
        return self.path.read_bytes()

    def has_signature(self, magic: bytes) -> bool:
        """Whether the file begins with these bytes."""
        with self.path.open("rb") as file:
            return file.read(len(magic)) == magic

    def error(self, what: str) -> Unreadable:
        """What is wrong with the bytes of the file, in a sentence that begins with its name."""
        return Unreadable(f"{self.shown} {what}")

    def trouble(self, what: str) -> LoadError:
        """The same for what may be otherwise at the next try."""
        return LoadError(f"{self.shown} {what}")
