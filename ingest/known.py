"""Which files are certainly as they were when they were last tried, so that they need not be read again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from indexes.jobs import Job
from indexes.library import Library
from indexes.records import SourceRecord
from indexes.refused import Failure
from ingest.cutting import READERS, Wanted
from ingest.files import File, is_same, sha256_of, stat_of
from ingest.ledger import Outcome
from rag.errors import LoadError


def unchanged(
    library: Library, collection: str, files: Iterable[File], options: Mapping[str, Any]
) -> tuple[list[Outcome], list[tuple[File, Mapping[str, Any]]]]:
    """The outcomes of files that need no second look, and the files that do, with their own settings.

    `options` hold for all of them; without any, those with which a file was read before. Loads no model, and reads no
    file but those that have failed for good and have other times now.
    """
    known, failures = library.catalogue.sources.all(collection), library.catalogue.refused.failures(collection)
    settings = Wanted(library.settings, library.tokenizer_id() if known else "")
    outcomes, changed = [], []
    for file in files:
        record = known.get(file.source)
        mine = options or (record.options if record else {})
        if (
            record is not None
            and record.fingerprint == settings.fingerprint(record.media_type, mine)
            and is_untouched(file, record)
        ):
            counts = (record.n_pages, record.n_chunks, 0.0, record.warnings)
            outcomes.append(Outcome(file.source, "unchanged", "", record.document_id, *counts))
        elif still := refused_before(file, failures.get(file.source)):
            outcomes.append(still)
        else:
            changed.append((file, mine))
    return outcomes, changed


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


def settled(failures: Iterable[Failure], outcomes: Iterable[Outcome]) -> list[int]:
    """The jobs of failures that are over, since their files are again as they were when they were read."""
    same = {outcome.source for outcome in outcomes if outcome.state == "unchanged"}
    return [failure.job for failure in failures if failure.source in same]


def is_hopeless(job: Job) -> bool:
    """Whether a file failed over its very bytes, so that another try by these readers would end alike."""
    return job.state == "failed" and job.given_up == READERS


def still_unreadable(library: Library, documents: Collection[int]) -> list[Outcome]:
    """Files inside of these documents, which have not changed, that failed for good when they were read."""
    failed = [job for job in library.jobs.inside(documents) if is_hopeless(job)]
    return [Outcome(job.source, "unreadable", job.reason, is_final=True) for job in failed]


def is_untouched(file: File, record: SourceRecord) -> bool:
    """Whether a file still has the size and the times that it had when it was read."""
    if file.url:  # only its server knows
        return False
    try:
        return is_whole(record) and is_same(record.stat, file.stat or stat_of(file.path.stat()))
    except (OSError, ValueError):
        return False
