"""The board of files on their way in, as the pages see it: what the job table says, and what people want done."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.permissions import Permissions
from app.personal_catalogue import PersonalCatalogue
from app.words.sizes import extent
from indexes.access import Visibility
from indexes.job_list import JobList
from indexes.job_records import Job, NewJob, State
from indexes.library import Library
from ingest.cutting import checked_options
from ingest.files import File
from ingest.kept import free_name, keep
from ingest.known import compare, settle
from ingest.living import living_workers
from ingest.pace import Pace, pace
from ingest.removal import clear_jobs
from ingest.web import is_address, web_page
from ingest.worker import job_of, new_batch
from rag.errors import FootnoteError, InputError


def n_ready(counts: Mapping[State, int]) -> int:
    """How many of these files are there."""
    return counts.get("ready", 0) + counts.get("unchanged", 0)


class JobBoard:
    """The job table of one library, as far as whoever looks may see it: files of collections that they may read, and
    none at all where they may add no documents themselves. Workers do the work, so that neither a closed tab nor a new
    start stops it."""

    def __init__(self, library: Library, permissions: Permissions | None = None) -> None:
        """Without `permissions` it is that of whoever has the files."""
        self._library = library
        self._table = library.jobs
        self._may = permissions or Permissions(library.catalogue.access)

    @property
    def _seen(self) -> JobList:
        allowed = self._may.allowed if self._may.person.role.edits else frozenset()
        return JobList(self._library.catalogue.database, allowed)

    def began(self) -> float:
        """When the run began to which the files belong that are on their way, or the last one."""
        return self._seen.began()

    def on_their_way(self, limit: int) -> list[Job]:
        """The first files that are being read or wait."""
        return self._seen.on_their_way(limit)

    def foremost(self, limit: int, *, is_quiet: bool = False, since: float = 0.0) -> list[Job]:
        """The files that a person wants to see first, those of the run first; when quiet only what needs attention."""
        return self._seen.foremost(limit, is_quiet=is_quiet, since=since)

    def counts(self, since: float | None = None) -> Mapping[State, int]:
        """How many files are in each state, of all or of those of a run."""
        return self._seen.counts(since)

    def n_ready(self) -> int:
        """How many files of the run are through and there."""
        return n_ready(self.counts(self.began()))

    def failures(self, since: float) -> tuple[int, float]:
        """How many files have failed since then, and when the last of them did."""
        return self._seen.failures(since)

    def former_failures(self) -> int:
        """How many files have failed in runs before the last one, and were neither cleared nor dismissed."""
        return self._seen.failures(self.dismissed(), self.began())[0]

    def left_over(self, limit: int) -> list[Job]:
        """What did not come in with the last run, and what failed before it and was neither cleared nor dismissed."""
        return self._seen.left_over(limit, since=self.began(), dismissed=self.dismissed())

    def dismissed(self) -> float:
        """What ended up to this time, in seconds, UTC, this person wants to be told no more."""
        return self._library.catalogue.dismissals.until(self._may.person.name)

    def dismiss(self, until: float) -> None:
        """Tell this person no more of what ended up to a time."""
        self._library.catalogue.dismissals.put(self._may.person.name, until)

    def pace(self) -> Pace:
        """How fast files come in, and how long the rest will take."""
        return pace(self._seen, time.time())

    def family(self, numbers: Iterable[int]) -> list[Job]:
        """These files, as far as they are on the list, and after them those that were found inside of them."""
        found = [job for job in map(self._seen.job, numbers) if job is not None]
        holders = [job.document for job in found if job.document is not None]
        return [*found, *(self._seen.inside(holders) if holders else [])]

    def extent(self, job: Job) -> str:
        """How much is in a file that is ready: passages, or else the files that were found inside of it."""
        catalogue = PersonalCatalogue(self._library.catalogue, self._may)
        if not job.chunks and job.document is not None and catalogue.has(job.document):
            record = catalogue.document(job.document)
            return extent(record.n_chunks, record.n_members)
        return extent(job.chunks)

    @property
    def is_busy(self) -> bool:
        """Whether a file is queued or being read."""
        return self._seen.has_open()

    @property
    def workers(self) -> Collection[str]:
        """The names of those that read what is queued."""
        return living_workers(self._library.settings.home)

    @property
    def free_bytes(self) -> int:
        """Room on the disk of the library."""
        return shutil.disk_usage(self._library.settings.home).free

    def add(
        self,
        files: Iterable[tuple[str, bytes | memoryview]],
        collection: str,
        *,
        visibility: Visibility = Visibility.PRIVATE,
    ) -> list[int]:
        """Keep uploads (name, content) on disk and queue them; one that is on its way already is not queued twice, and
        each number comes once. A new collection of somebody who has signed in is as visible as is said. Raises
        InputError where documents may not be put there."""
        batch = new_batch()
        self._may.is_new(collection)  # before anything is written
        return list(dict.fromkeys(self._add(batch, name, content, collection, visibility) for name, content in files))

    def add_each(
        self, files: Iterable[tuple[str, bytes | memoryview]], collection: str
    ) -> tuple[list[int], list[tuple[str, FootnoteError]]]:
        """As `add`, but one that cannot be kept does not hold up those after it: such ones (name, reason) come last."""
        batch, numbers, failed = new_batch(), [], []
        for name, content in files:
            try:
                self._may.is_new(collection)
                numbers.append(self._add(batch, name, content, collection, Visibility.PRIVATE))
            except FootnoteError as error:
                failed.append((name, error))
        return list(dict.fromkeys(numbers)), failed

    def _add(self, batch: str, name: str, content: bytes | memoryview, collection: str, visibility: Visibility) -> int:
        """Choosing the name and queueing are one transaction: two uploads of one name at once become two documents, and
        none comes into a collection that was deleted or named anew meanwhile."""
        home = self._library.settings.home
        kept = keep(home, name, content)
        with self._library.catalogue.database.writing():
            collection = self._may.prepare(collection, visibility)
            free = free_name(kept.name, kept.sha256, lambda other: self._held(collection, other))
            number = self._table.add(batch, collection, [NewJob(free, str(kept.path), len(content))])[0]
            if not kept.path.exists():  # until now nobody knew that somebody needs these bytes
                keep(home, name, content)
        return number

    def known(self, sha256: str) -> list[int]:
        """The number of a document that has bytes of this SHA-256, and of those that were found inside of it, as far as
        they may be seen."""
        catalogue = self._library.catalogue
        found = catalogue.listed.with_content(sha256, self._may.allowed)[:1]
        inside = [number for one in found for number in sorted(catalogue.sources.inside(one))]
        return [*found, *sorted(catalogue.listed.there(inside, self._may.allowed))]

    def add_page(self, address: str, collection: str) -> int:
        """Queue the page at an address; raises InputError for what is no address of a web page."""
        address = address.strip()
        if not is_address(address):
            raise InputError("a web page is added by its whole address, which begins with https:// or http://")
        with self._library.catalogue.database.writing():
            return self._table.add(new_batch(), self._may.prepare(collection), [job_of(web_page(address), {})])[0]

    def add_files(self, files: Sequence[File], collection: str) -> int:
        """Queue files where they lie, those that have changed; how many."""
        self._may.is_new(collection)
        found = compare(self._library, collection, files, {})
        settle(self._library, found)
        jobs = [job_of(file, options) for file, options in found.changed]
        with self._library.catalogue.database.writing():
            return len(self._table.add(new_batch(), self._may.prepare(collection), jobs))

    def _held(self, collection: str, name: str) -> str | None:
        """The beginning of the SHA-256 of what is listed under a name, or comes to be."""
        coming = self._table.open_source(collection, name)
        if coming is not None:
            return Path(coming.path).parent.name
        record = self._library.catalogue.find(collection, name)
        return None if record is None else record.sha256

    def cancel(self, job_id: int) -> None:
        """Take a file off its way."""
        self._table.cancel(self._own([job_id]))

    def cancel_all(self) -> None:
        """Take every file off its way."""
        self._table.cancel(self._own(job.id for job in self._seen.jobs() if not job.is_finished))

    def retry(self, job_id: int, options: Mapping[str, Any] | None = None) -> None:
        """Queue a file again that failed or was cancelled, if wanted with other settings."""
        self._table.retry(self._own([job_id]), checked_options(options) if options else None)

    def clear(self, job_id: int | None = None) -> None:
        """Take a finished file off the board, or all of them."""
        if job_id is None and self._may.allowed is None:
            clear_jobs(self._library)
        else:
            ids = [job.id for job in self._seen.jobs() if job.is_finished] if job_id is None else [job_id]
            clear_jobs(self._library, self._own(ids))

    def may_change(self, job: Job) -> bool:
        """Whether something may be done about a file."""
        return self._may.rights.may_edit(job.collection)

    def _own(self, ids: Iterable[int]) -> list[int]:
        """Those of these files about which something may be done; nothing is said of others."""
        rights = self._may.rights
        jobs = filter(None, map(self._seen.job, ids))
        return [job.id for job in jobs if rights.may_edit(job.collection)]
