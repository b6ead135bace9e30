"""Files inside of a file on their way out of it: kept, named, and counted against one budget for all that an outermost
file holds, at whatever depth."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from indexes.library import Library
from ingest.cutting import Loaded
from ingest.files import File
from ingest.kept import keep
from ingest.known import is_refused
from ingest.loaders.cleaning import one_line
from ingest.loaders.source import Room
from ingest.removal import discard_kept, folder_name
from ingest.sources import INSIDE, inside
from rag.errors import Cancelled, LoadError

MOST_NESTED = 3
"""Files within files within files are taken in; what lies deeper is named in a warning."""
MOST_FILES = 20_000
MOST_BYTES = 2_000_000_000
"""All files inside of an outermost one together: twice what a single one may hand out, since what an archive in an
archive holds comes out of both."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file lies: the document of the outermost file that holds it, and its name from there."""

    outermost: int
    name: str


class TakingOut:
    """What comes out of one file while it is read. `settle` or `drop` ends it."""

    def __init__(self, library: Library, collection: str, file: File, needed: Collection[str]) -> None:
        self._library = library
        self._collection = collection
        self._file = file
        self._needed = needed
        self._fresh: set[str] = set()
        self._members: dict[str, File] = {}
        self._n_bytes = 0
        self.n_skipped = 0
        self.refused: dict[str, str] = {}
        """Source -> SHA-256 of what these readers have given up before: it is neither kept nor tried again."""

    @property
    def is_wanted(self) -> bool:
        """Whether files inside of this one are taken in at all."""
        return self._file.depth < MOST_NESTED

    @property
    def room(self) -> Room:
        """What the file may hand out."""
        if self._place is None:
            return Room()
        n_files, n_bytes = self._library.catalogue.unpacked.spent(self._place.outermost, but=self._place.name)
        n_files, n_bytes = max(0, MOST_FILES - n_files), max(0, MOST_BYTES - n_bytes)
        full = Room()
        if n_files >= full.n_files and n_bytes >= full.n_bytes:
            return full
        return Room(min(full.n_files, n_files), min(full.n_bytes, n_bytes), self._used_up)

    def start(self) -> None:
        """The file is read from its beginning."""
        self._members.clear()
        self.refused = {}
        self._n_bytes = self.n_skipped = 0

    def skip(self, n_bytes: int) -> None:
        """Count bytes that were unpacked for nothing: of a kind that nobody reads, too large, damaged.

        They leave less room for those that are read later, and refuse nothing that has come out already.
        """
        self.n_skipped += n_bytes

    def hand_out(self, name: str, data: bytes) -> None:
        """Keep a file that was found inside."""
        source, sha256 = inside(self._file.source, name), hashlib.sha256(data).hexdigest()
        if is_refused(self._library, self._collection, source, sha256):
            self._members.pop(source, None)
            self.refused[source] = sha256
            self.skip(len(data))
            return
        kept = keep(self._library.settings.home, name, data)
        self._fresh.add(folder_name(str(kept.path)))
        self._n_bytes += len(data)
        self.refused.pop(source, None)
        self._members[source] = File(kept.path, source, depth=self._file.depth + 1, sha256=sha256)

    def settle(self) -> tuple[tuple[File, ...], set[str]]:
        """What came out, and the folders where it is kept. Raises LoadError when others have used the room up."""
        self._spend()
        names = {folder_name(str(member.path)) for member in self._members.values()}
        discard_kept(self._library, self._fresh - names, self._needed)  # of a try that was begun again
        return tuple(self._members.values()), names

    def drop(self) -> None:
        """Delete what came out, since nothing becomes of the file; it counts all the same, as it cost the work.

        A web page goes itself, too: its job tells the address and not where it is kept, so that nobody else could.
        """
        page = {folder_name(str(self._file.path))} if self._file.url else set()
        discard_kept(self._library, self._fresh | page, self._needed)
        catalogue = self._library.catalogue
        if (self._members or self.n_skipped) and self._place is not None:
            with catalogue.database.writing():
                if catalogue.has(self._place.outermost):
                    catalogue.unpacked.put(*self._row(self._place))

    def _spend(self) -> None:
        """Count what came out of a file inside of another; that of an outermost one counts when it has a document."""
        if self._place is None or not (self._members or self.n_skipped):
            return
        catalogue, place = self._library.catalogue, self._place
        with catalogue.database.writing():
            if not catalogue.has(place.outermost):
                raise Cancelled("cancelled")
            n_files, n_bytes = catalogue.unpacked.spent(place.outermost, but=place.name)
            if n_files + len(self._members) > MOST_FILES or n_bytes + self._n_bytes > MOST_BYTES:
                raise LoadError(
                    f"{self._file.name} is not unpacked: {self._used_up}. Unpack it and add the files in it."
                )
            catalogue.unpacked.put(*self._row(place))

    def _row(self, place: _Place) -> tuple[int, str, int, int]:
        return place.outermost, place.name, len(self._members), self._n_bytes + self.n_skipped

    @cached_property
    def _place(self) -> _Place | None:
        """None for an outermost file."""
        catalogue = self._library.catalogue
        holders = catalogue.sources.holders(self._file.container)
        if not holders:
            return None
        if not catalogue.has(holders[-1]):
            raise Cancelled("cancelled")
        return _Place(holders[-1], self._file.source.removeprefix(catalogue.document(holders[-1]).source + INSIDE))

    @property
    def _used_up(self) -> str:
        top = self._file.source if self._place is None else self._file.source.removesuffix(INSIDE + self._place.name)
        name = one_line(top.rsplit("/", 1)[-1], 100)
        return f"all files inside of {name} may be {MOST_FILES:,} and have {MOST_BYTES / 1e6:,.0f} MB, which is used up"


def account(library: Library, document: int, file: File, members: Collection[File], loaded: Loaded) -> None:
    """Note what an outermost file has handed out, and forget what is not inside of a file any more.

    A part of the transaction that makes the file's document visible.
    """
    catalogue = library.catalogue
    outermost = (catalogue.sources.holders(file.container) or [document])[-1]
    top = catalogue.document(outermost).source + INSIDE
    name = "" if outermost == document else file.source.removeprefix(top)
    prefix = name + INSIDE if name else ""
    names = {source.removeprefix(top) for source in loaded.contents}

    def is_gone(other: str) -> bool:
        return bool(other) and prefix + other.removeprefix(prefix).split(INSIDE, 1)[0] not in names

    catalogue.unpacked.forget(outermost, prefix, is_gone)
    if outermost == document or not members:  # that of others was counted when they were read
        n_bytes = loaded.n_skipped + sum(member.path.stat().st_size for member in members)
        catalogue.unpacked.put(outermost, name, len(members), n_bytes)
