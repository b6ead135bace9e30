"""A file on its way in, and what tells its bytes apart from others without trusting its name."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from stat import S_IFDIR, S_IFIFO, S_IFMT, S_IFSOCK, S_ISREG

from indexes.records import FileStat
from indexes.terminal import one_line
from ingest.sizes import SPLIT_OR_RAISE, over
from ingest.sources import listed
from rag.errors import LoadError

_TICK_S = 0.1
"""A file that changed so shortly before it was looked at may change again without getting another time."""
_MOST = 2**63 - 1
"""The largest number of a table; nanoseconds since 1970 pass it in the year 2262, and files may claim later ones."""
_INSTEAD = {
    S_IFIFO: "but a pipe, which gives what others write into it: write that into a file, and add the file",
    S_IFSOCK: "but a socket, through which programs talk to each other: there is nothing in it to read",
    S_IFDIR: "but a folder, into which nobody could look: check its rights",
}
_A_DEVICE = "but a device: copy what shall be read from it into a file, and add the file"


@dataclass(frozen=True, slots=True)
class File:
    """A file to take in: where its bytes are, and the source under which it is listed."""

    path: Path
    source: str
    container: int | None = None
    """The document inside of which it was found."""
    depth: int = 0
    """How many files it lies inside of."""
    job: int = 0
    """Its row in the job table; 0 where it has none."""
    url: str = ""
    """Where it has to be fetched from first; empty for a file that is here."""
    etag: str = ""
    last_modified: str = ""
    stat: FileStat | None = field(default=None, compare=False)
    """As it was when the file was found; None where nobody looked, or nobody may."""
    sha256: str = field(default="", compare=False)
    """Of the bytes that were read; empty before."""
    is_named: bool = field(default=False, compare=False)
    """Whether a person named this very file and no other, so that it is tried even where that seems to be no use."""

    @property
    def name(self) -> str:
        """What people call it, as long as its ending agrees with the file's: endings say how a text is read."""
        listed = PurePosixPath(self.source).name
        return listed if PurePosixPath(listed).suffix.lower() == self.path.suffix.lower() else self.path.name


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was found, and when work on it began."""

    file: File
    stat: FileStat
    sha256: str
    start: float

    def seconds(self) -> float:
        """Since then."""
        return round(time.perf_counter() - self.start, 3)


def look_at(path: Path, limit: int) -> FileStat:
    """Size and times of a file; raises LoadError for one that cannot be read, or is larger than `limit` bytes."""
    try:
        stat = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not S_ISREG(stat.st_mode):
        raise LoadError(f"{shown(path)} is not a file {_INSTEAD.get(S_IFMT(stat.st_mode), _A_DEVICE)}")
    if stat.st_size > limit:
        raise LoadError(f"{shown(path)} {over(stat.st_size, limit)}: {SPLIT_OR_RAISE}")
    return stat_of(stat)


def stat_of(stat: os.stat_result) -> FileStat:
    """What of a file's status tells that it has not changed; of one that has just changed, nothing that would."""
    is_settled = time.time() - stat.st_ctime > _TICK_S
    numbers = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns if is_settled else 0)
    return FileStat(*(max(-_MOST, min(number, _MOST)) for number in numbers))


def is_same(known: FileStat, now: FileStat) -> bool:
    """Whether a file certainly has the bytes that it had."""
    return known == now and now.changed_ns != 0


def is_unmoved(before: FileStat, now: FileStat) -> bool:
    """Whether a file was left alone while it was read; one that has just been written shows that by its times alone."""
    is_touched = before.changed_ns not in (0, now.changed_ns)
    return (before.size, before.modified_ns) == (now.size, now.modified_ns) and not is_touched


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes; raises OSError or ValueError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of(path: Path) -> str:
    """The same; raises LoadError."""
    try:
        return digest(path)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> LoadError:
    """A sentence about a file that the system does not hand over."""
    reason = getattr(error, "strerror", None) or str(error)
    return LoadError(f"{shown(path)} cannot be read ({reason}): check that it exists and its rights")


def shown(path: Path) -> str:
    """The name of a file as it stands in a sentence: escaped as in its source."""
    return one_line(listed(path.name))
