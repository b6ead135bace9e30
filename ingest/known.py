"""Which files are certainly as they were when they were last tried, so that they need not be read again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from indexes.job_records import Job
from indexes.library import Library
from indexes.records import FileStat, SourceRecord
from indexes.refused import Failure
from ingest.cutting import READERS, Wanted
from ingest.files import File, is_same, sha256_of, stat_of
from ingest.ledger import Ledger, Outcome
from ingest.removal import forget_failures
from ingest.sniff import BY_SUFFIX, FORMATS
from ingest.web import is_address
from rag.errors import LoadError


@dataclass(frozen=True, slots=True)
class Compared:
    """Files beside what is known of them."""

    told: Sequence[Outcome]
    """Of those that need no second look."""
    changed: Sequence[tuple[File, Mapping[str, Any]]]
    """Those that do, with their own settings."""
    over: Sequence[Failure]
    """Failures of files that are again as they were when they were read."""
    touched: Sequence[tuple[SourceRecord, FileStat]]
    """Files with other times alone, that were found to have the same bytes."""


def compare(library: Library, collection: str, files: Iterable[File], options: Mapping[str, Any]) -> Compared:
    """Which files have to be read.

    `options` hold for all of them; without any, those with which a file was read before. Loads no model, and reads no
    file but those with other times that have failed for good, or were read with other settings. What would only be read
    with other settings than before is left to `reindex`, unless a person names it or asks for those settings.
    """
    known, failures = library.catalogue.sources.all(collection), library.catalogue.refused.failures(collection)
    settings = Wanted(library.settings, library.tokenizer_id() if known else "")
    told, changed, touched = [], [], []
    for file in files:
        record = known.get(file.source)
        mine = options or (record.options if record else {})
        if record is not None and (stat := _left_as(file, record, settings, mine)):
            if stat != record.stat:
                touched.append((record, stat))
            counts = (record.n_pages, record.n_chunks, 0.0, record.warnings)
            told.append(Outcome(file.source, "unchanged", "", record.document_id, *counts))
        elif still := refused_before(file, failures.get(file.source)):
            told.append(still)
        else:
            changed.append((file, mine))
    same = {outcome.source for outcome in told if outcome.state == "unchanged"}
    return Compared(told, changed, [failure for source, failure in failures.items() if source in same], touched)


def settle(library: Library, compared: Compared) -> None:
    """Write down what was found out without reading a file anew: other times, and failures that are over."""
    for record, stat in compared.touched:
        library.catalogue.sources.touch(record, stat)
    forget_failures(library, compared.over)


def _left_as(file: File, record: SourceRecord, settings: Wanted, options: Mapping[str, Any]) -> FileStat | None:
    """Size and times of a file that is left as it was read; None for one that is handed to a worker.

    It was read as it shall be, or in another way only because a setting for all files has changed. A worker tells by
    the bytes whether only the times are others, but would read the latter anew: so that is told here.
    """
    wanted = settings.fingerprint(record.media_type, options)
    if record.fingerprint == wanted:
        return record.stat if is_untouched(file, record) else None
    if file.is_named or wanted != settings.fingerprint(record.media_type, record.options) or not is_whole(record):
        return None
    return same_bytes(file, record.stat, record.sha256)


def end(
    library: Library, collection: str, ledger: Ledger, file: File, outcome: Outcome, *, members: Sequence[File] = ()
) -> None:
    """Tell a ledger how a file ended, and note in the same transaction whether anybody can ever read its bytes."""
    refused = library.catalogue.refused
    with library.catalogue.database.writing():
        ledger.ended(file, outcome, members)
        if outcome.is_final and file.stat is not None:
            failure = Failure(collection, file.source, outcome.reason, READERS, file.sha256, file.stat)
            refused.put(failure, file.container)
        else:
            refused.forget(collection, [file.source])


def is_refused(library: Library, collection: str, source: str, sha256: str) -> bool:
    """Whether these readers have given up these bytes at this place before, and nobody asks for another try."""
    failure = library.catalogue.refused.find(collection, source)
    return failure is not None and (failure.sha256, failure.given_up) == (sha256, READERS)


def given_up(library: Library, collection: str, file: File) -> Outcome | None:
    """The outcome of a file whose document stays as it was read, since these readers have given up what lies there now;
    None for one that is to be tried. What lies inside of another file is as it was when that was read.
    """
    failure = library.catalogue.refused.find(collection, file.source)
    if failure is None or failure.given_up != READERS:
        return None
    if file.container is None:
        return refused_before(file, failure)
    return Outcome(file.source, "unreadable", failure.reason, is_final=True)


def is_whole(record: SourceRecord) -> bool:
    """Whether no file inside of it is missing, and a new try would help none of those that cannot be read."""
    return record.is_complete and set(record.given_up) <= {READERS}


def refused_before(file: File, failure: Failure | None) -> Outcome | None:
    """The outcome of a file whose very bytes these readers have given up before; None for one that is to be tried."""
    if failure is None or failure.given_up != READERS or file.is_named:
        return None
    try:
        stat = file.stat or stat_of(file.path.stat())
        has_changed = not is_same(failure.stat, stat) and (
            failure.stat.size != stat.size or failure.sha256 != sha256_of(file.path)
        )
    except (OSError, ValueError, LoadError):  # whoever reads it says what is wrong
        return None
    return None if has_changed else Outcome(file.source, "unreadable", failure.reason, is_final=True)


def is_hopeless(job: Job) -> bool:
    """Whether a file failed over its very bytes, so that another try by these readers would end alike."""
    return job.state == "failed" and job.given_up == READERS


def still_unreadable(library: Library, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Files inside of those that were read, or have not changed, which failed for good before and were not tried."""
    told = list(outcomes)
    holders = {outcome.document for outcome in told if outcome.document is not None}
    seen = {outcome.source for outcome in told}
    return [still for still in unreadable_inside(library, holders) if still.source not in seen]


def n_unchanged_inside(library: Library, outcomes: Collection[Outcome]) -> int:
    """How many files lie inside of unchanged ones, and are thus unchanged, too, without being looked at."""
    holders = {
        outcome.document for outcome in outcomes if outcome.state == "unchanged" and outcome.document is not None
    }
    return len(library.catalogue.sources.listed_inside(holders) - {outcome.source for outcome in outcomes})


def unreadable_inside(library: Library, documents: Collection[int]) -> list[Outcome]:
    """Files inside of these documents that these readers have given up."""
    given_up = [failure for failure in library.catalogue.refused.inside(documents) if failure.given_up == READERS]
    return [Outcome(failure.source, "unreadable", failure.reason, is_final=True) for failure in given_up]


def same_bytes(file: File, stat: FileStat, sha256: str) -> FileStat | None:
    """Size and times of a file that still has the bytes that it had, before it was read for that; None for another."""
    if file.url:  # only its server knows
        return None
    try:
        now = file.stat or stat_of(file.path.stat())
        is_alike = is_same(stat, now) or (now.size == stat.size and sha256_of(file.path) == sha256)
    except (OSError, ValueError, LoadError):  # whoever takes it in says what is wrong
        return None
    return now if is_alike else None


def twin_of(library: Library, collection: str, file: File, sha256: str) -> SourceRecord | None:
    """Another source of the collection with the same bytes, which are read in the same way."""
    twins = library.catalogue.sources.twins(collection, file.source, sha256)
    return next((record for record in twins if _is_read_alike(file, record)), None)


def _is_read_alike(file: File, record: SourceRecord) -> bool:
    """By the ending; that of an address tells nothing, but what its server has said of it."""
    suffix = PurePosixPath(file.source).suffix.lower()
    if not file.url and not is_address(record.source):
        return PurePosixPath(record.source).suffix.lower() == suffix
    kind = BY_SUFFIX.get(file.path.suffix.lower())
    return kind is not None and FORMATS[kind].media_type == record.media_type


def is_untouched(file: File, record: SourceRecord) -> bool:
    """Whether a file still has the size and the times that it had when it was read."""
    if file.url:  # only its server knows
        return False
    try:
        return is_whole(record) and is_same(record.stat, file.stat or stat_of(file.path.stat()))
    except (OSError, ValueError):
        return False
