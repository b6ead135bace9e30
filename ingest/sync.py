"""Makes a collection follow a folder: first a plan of what was added, changed, moved and removed, then the doing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from indexes.library import Library
from indexes.records import SourceRecord
from ingest.files import File, sha256_of, stat_of
from ingest.known import is_untouched, is_whole, still_unreadable
from ingest.ledger import Outcome
from ingest.removal import remove_sources
from ingest.sources import below, path_of, written
from rag.errors import LoadError


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done so that the collection holds what the folder holds; `touched` have other times alone."""

    added: tuple[File, ...] = ()
    changed: tuple[File, ...] = ()
    moved: tuple[tuple[SourceRecord, File], ...] = ()
    removed: tuple[SourceRecord, ...] = ()
    touched: tuple[tuple[SourceRecord, File], ...] = ()
    unreadable: tuple[Outcome, ...] = ()
    """Files inside of unchanged ones that failed for good, and are not tried again."""
    n_unchanged: int = 0


def plan(library: Library, collection: str, folder: Path, files: Iterable[File], closed: Sequence[str] = ()) -> Plan:
    """Compare a folder's files with the sources below it. Only files with another size or time are read.

    What lies below a folder that is `closed`, whose files nobody could see, is left as it is.
    """
    found = {file.source: file for file in files}
    top, unseen = below(written(folder)), tuple(below(source) for source in closed)
    known = {
        source: record
        for source, record in library.catalogue.sources.all(collection).items()
        if record.container is None and source.startswith(top)
    }
    changed, touched, same = [], [], []
    for source in found.keys() & known.keys():
        file, record = found[source], known[source]
        if is_untouched(file, record):
            same.append(record)
        elif is_whole(record) and _same_bytes(file, record):
            touched.append((record, file))
            same.append(record)
        else:
            changed.append(file)
    gone = {source: record for source, record in known.items() if source not in found and not source.startswith(unseen)}
    new = {source: file for source, file in found.items() if source not in known}
    moved = _moved(gone, new)
    came = {file.source for _, file in moved}
    left = {record.source for record, _ in moved}
    return Plan(
        added=tuple(file for source, file in new.items() if source not in came),
        changed=tuple(sorted(changed, key=lambda file: file.source)),
        moved=tuple(moved),
        removed=tuple(record for source, record in gone.items() if source not in left),
        touched=tuple(touched),
        unreadable=tuple(still_unreadable(library, {record.document_id for record in same if record.given_up})),
        n_unchanged=len(same),
    )


def _same_bytes(file: File, record: SourceRecord) -> bool:
    try:
        return file.path.stat().st_size == record.stat.size and sha256_of(file.path) == record.sha256
    except (OSError, ValueError, LoadError):  # whoever takes it in says what is wrong
        return False


def _moved(gone: Mapping[str, SourceRecord], new: Mapping[str, File]) -> list[tuple[SourceRecord, File]]:
    """New files that have the bytes and the ending of one that is gone: read only where the size agrees."""
    by_size: dict[int, list[SourceRecord]] = defaultdict(list)
    for record in gone.values():
        by_size[record.stat.size].append(record)
    moved = []
    for file in new.values():
        try:
            candidates = by_size.get(file.path.stat().st_size, [])
            sha256 = sha256_of(file.path) if candidates else ""
        except (OSError, ValueError, LoadError):
            continue
        suffix = PurePosixPath(file.source).suffix.lower()
        for record in candidates:
            if record.sha256 == sha256 and PurePosixPath(record.source).suffix.lower() == suffix:
                candidates.remove(record)
                moved.append((record, file))
                break
    return moved


def rearrange(library: Library, planned: Plan) -> None:
    """The parts of a plan that need no reading: new times, moves and removals."""
    for record, file in planned.touched:
        with suppress(OSError):  # gone since: the next plan says so
            library.catalogue.sources.touch(record, stat_of(file.path.stat()))
    for record, file in planned.moved:
        with suppress(OSError):
            library.catalogue.sources.move(record, file.source, stat_of(file.path.stat()))
    remove_sources(library, planned.removed)


def still_gone(records: Iterable[SourceRecord]) -> tuple[SourceRecord, ...]:
    """Those whose file has not come back since the plan was made."""
    return tuple(record for record in records if not path_of(record.source).exists())
