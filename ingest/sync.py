"""Makes a collection follow a folder: first a plan of what was added, changed, moved and removed, then the doing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IFLNK, S_IFMT, S_IFREG

from indexes.library import Library
from indexes.records import SourceRecord
from indexes.refused import Failure
from ingest.discovery import Looked
from ingest.files import File, stat_of
from ingest.ignore import is_left_out
from ingest.known import is_untouched, is_whole, refused_before, same_bytes, unreadable_inside
from ingest.ledger import Outcome
from ingest.moves import moves
from ingest.removal import Removal, forget_failures
from ingest.sources import below, path_of, written
from rag.errors import InputError

_GONE, _IGNORED, _LEFT = "gone", "ignored", "left"
"""What has become of a file that is known and was not found: see `Plan`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done so that the collection holds what the folder holds; `touched` have other times alone."""

    folder: Path
    added: tuple[File, ...] = ()
    """Nobody has tried them before."""
    changed: tuple[File, ...] = ()
    """Their bytes are others than those that were read, or that could not be read."""
    retried: tuple[File, ...] = ()
    """They failed or were cancelled, or lack a file inside of them, and another try may go better."""
    moved: tuple[tuple[SourceRecord, File], ...] = ()
    removed: tuple[SourceRecord, ...] = ()
    """Their files are gone from the disk."""
    ignored: tuple[SourceRecord, ...] = ()
    """Their files are there, but ignored or links by now: they are removed, too."""
    touched: tuple[tuple[SourceRecord, File], ...] = ()
    skipped: tuple[File, ...] = ()
    """Files of kinds that are read only when they are named."""
    left: tuple[SourceRecord, ...] = ()
    """Their files are there, and only patterns given by hand leave them out, or they are hidden and were named once:
    nothing becomes of them."""
    unreadable: tuple[Outcome, ...] = ()
    """Files that failed for good, themselves or inside of unchanged ones, and are not tried again."""
    forgotten: tuple[Failure, ...] = ()
    """Files that failed and are gone or ignored by now."""
    settled: tuple[Failure, ...] = ()
    """Files that failed and are again as they were before."""
    standing: frozenset[int] = frozenset()
    """The documents of files that are as they were, wherever they lie now."""
    n_unchanged: int = 0
    is_first: bool = False
    """Whether nothing is known yet of any file below the folder."""


@dataclass(slots=True)
class _Compared:
    """The files of a folder beside what the catalogue and the job table know of them."""

    known: Mapping[str, SourceRecord]
    failures: Mapping[str, Failure]
    new: dict[str, File] = field(default_factory=dict)
    changed: dict[str, File] = field(default_factory=dict)
    retried: dict[str, File] = field(default_factory=dict)
    same: list[SourceRecord] = field(default_factory=list)
    touched: list[tuple[SourceRecord, File]] = field(default_factory=list)
    unreadable: list[Outcome] = field(default_factory=list)

    def add(self, file: File) -> None:
        """One file, which is read where its times do not tell enough."""
        record, failure = self.known.get(file.source), self.failures.get(file.source)
        if record is not None and is_untouched(file, record):
            self.same.append(record)
        elif record is not None and is_whole(record) and same_bytes(file, record.stat, record.sha256):
            self.touched.append((record, file))
            self.same.append(record)
        elif still := refused_before(file, failure):
            self.unreadable.append(still)
        elif record is None and failure is None:
            self.new[file.source] = file
        elif _is_changed(file, record, failure):
            self.changed[file.source] = file
        else:
            self.retried[file.source] = file

    @property
    def homeless(self) -> dict[str, File]:
        """Files that are no document under their source, so that one that is gone may have moved there."""
        tried = self.changed | self.retried
        return self.new | {source: file for source, file in tried.items() if source not in self.known}


def plan(library: Library, collection: str, folder: Path, looked: Looked) -> Plan:
    """Compare what was seen in a folder with the sources below it. Only files with another size or time are read.

    What lies below a folder that is closed, whose files nobody could see, is left as it is. A file of a kind that is
    read only when it is named is followed once it was.
    """
    top, unseen = below(written(folder)), tuple(below(source) for source in looked.closed)
    known = {
        source: record
        for source, record in library.catalogue.sources.all(collection).items()
        if record.container is None and source.startswith(top)
    }
    failures = {
        source: failure
        for source, failure in library.catalogue.refused.failures(collection).items()
        if source.startswith(top)
    }
    found = {file.source: file for file in looked.files}
    found |= {file.source: file for file in looked.other_kinds if file.source in known}
    compared = _Compared(known, failures)
    for _, file in sorted(found.items()):
        compared.add(file)
    places = {
        source: _place(folder, source)
        for source in sorted(known.keys() | failures.keys())
        if source not in found and not source.startswith(unseen)
    }
    absent = {source: known[source] for source, place in places.items() if source in known and place != _LEFT}
    moved = moves(absent, compared.homeless)
    came, went = {file.source for _, file in moved}, {record.source for record, _ in moved}
    over = came | {record.source for record in compared.same} | absent.keys()
    holders = {record.document_id for record in compared.same if record.given_up}
    return Plan(
        folder,
        added=tuple(file for source, file in compared.new.items() if source not in came),
        changed=tuple(file for source, file in compared.changed.items() if source not in came),
        retried=tuple(file for source, file in compared.retried.items() if source not in came),
        moved=tuple(moved),
        removed=tuple(absent[s] for s in absent if places[s] == _GONE and s not in went),
        ignored=tuple(absent[s] for s in absent if places[s] == _IGNORED and s not in went),
        touched=tuple(compared.touched),
        skipped=tuple(file for file in looked.other_kinds if file.source not in known),
        left=tuple(known[source] for source, place in places.items() if place == _LEFT and source in known),
        unreadable=(*compared.unreadable, *unreadable_inside(library, holders)),
        forgotten=tuple(failures[s] for s, place in places.items() if place != _LEFT and s not in known),
        settled=tuple(failure for source, failure in failures.items() if source in over),
        standing=frozenset(record.document_id for record in (*compared.same, *(record for record, _ in moved))),
        n_unchanged=len(compared.same),
        is_first=not known and not failures,
    )


def check_not_emptied(planned: Plan, *, has_files: bool, way_out: str) -> None:
    """Raises InputError where a folder without a file would take all its documents along: its disk may be away."""
    if n_absent := n_emptied(planned, has_files=has_files):
        raise InputError(
            f"{str(planned.folder)!r} holds no file that can be read, but {n_absent} documents came from it: see "
            f"whether its disk is there; {way_out}"
        )


def n_emptied(planned: Plan, *, has_files: bool) -> int:
    """How many documents a folder without a file would take along; 0 for one that has files."""
    return 0 if has_files else len(planned.removed) + len(planned.ignored)


def _place(folder: Path, source: str) -> str:
    """What has become of a file that a walk through the folder has not found."""
    path = path_of(source)
    try:
        is_there = S_IFMT(path.lstat().st_mode) in (S_IFREG, S_IFLNK)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        is_there = False
    except OSError:  # nobody can tell
        return _LEFT
    if not is_there or source != written(path):  # an older version listed it under a name that is no path's now
        return _GONE
    return _IGNORED if not is_hidden(folder, path) and is_left_out(folder, path) else _LEFT


def is_hidden(folder: Path, path: Path) -> bool:
    """Whether a walk through the folder passes a file by for its name: it came in because somebody named it."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _is_changed(file: File, record: SourceRecord | None, failure: Failure | None) -> bool:
    """Whether a file has other bytes than those that were tried last, as far as anybody knows which those were."""
    if failure is not None and failure.sha256:
        return not same_bytes(file, failure.stat, failure.sha256)
    return record is not None and (is_whole(record) or not same_bytes(file, record.stat, record.sha256))


def rearrange(library: Library, planned: Plan) -> None:
    """The parts of a plan that need no reading: new times, moves and removals, and failures that are over.

    A file that has come back since the plan was made is not removed.
    """
    for record, file in planned.touched:
        with suppress(OSError):  # gone since: the next plan says so
            library.catalogue.sources.touch(record, stat_of(file.path.stat()))
    for record, file in planned.moved:
        with suppress(OSError):
            library.catalogue.sources.move(record, file.source, stat_of(file.path.stat()))
    absent = [*planned.removed, *planned.ignored]
    with Removal(library) as removal:
        removal.sources(record for record in absent if _place(planned.folder, record.source) != _LEFT)
    forget_failures(library, [*planned.settled, *planned.forgotten])


def coming(planned: Plan) -> list[File]:
    """The files that a plan reads."""
    return [*planned.added, *planned.changed, *planned.retried]
