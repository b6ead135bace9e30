"""A file that is to be taken in, before anything is known of what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import stat_result
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stat:
    """What the file system says of a file; while all three stay the same, its bytes do."""

    size: int
    """In bytes."""
    modified_ns: int
    changed_ns: int
    """Of the last change to the bytes, the name or the rights; no program can set it back, as it can `modified_ns`."""

    @classmethod
    def of(cls, found: stat_result) -> Stat:
        """The part of a stat that counts here."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class File:
    """A file to take in: where its bytes are, and the source under which it is listed."""

    path: Path
    source: str
    stat: Stat | None = field(default=None, compare=False)
    """As it was when the file was found; None where nobody looked, or nobody may."""
