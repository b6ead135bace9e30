"""What is no damage and wants doing all the same: documents that were read with other settings, and failed files."""

from __future__ import annotations

from collections.abc import Mapping

from indexes.job_records import Job
from indexes.library import Library
from indexes.terminal import first_of
from ingest.finding import Finding, Look, Tell
from ingest.known import is_hopeless
from ingest.moving import move_to
from ingest.reindexing import reindexing, reindexing_process
from ingest.shelving import read_again
from ingest.staleness import is_moving, stale_documents
from rag.types import DocumentRecord, counted


def upkeep(tell: Tell) -> Mapping[str, Look]:
    """Name -> what looks; `tell` hears how far a cure is that takes long."""
    return {"settings": lambda library: _settings(library, tell), "failed files": _failed}


def _settings(library: Library, tell: Tell) -> Finding:
    """Whether every document was read with the settings of now, and embedded by their embedder."""
    stale, moves = stale_documents(library), is_moving(library)
    if process := reindexing_process(library.settings.home):
        return Finding("settings", True, f"process {process} reads documents again just now, while searches go on")
    waiting = [record for record, why in stale if why != "embedder" and not _is_coming(library, record)]
    n_coming = sum(why != "embedder" for _, why in stale) - len(waiting)
    said = [f"{counted(n_coming, 'document')} on the way to be read again"] if n_coming else []
    if not (waiting or moves):
        text = "; ".join(said) or "every document was read with those of now"
        return Finding("settings", True, text)
    if waiting:
        said.append(f"{counted(len(waiting), 'document')} read with others than those of now: {_named(waiting)}")
    if moves:
        active = library.catalogue.embedders.active()
        said.append(f"embedded by {active.name if active else 'none'}, and not by {library.settings.embedder}")
    return Finding("settings", False, "; ".join(said), lambda mended: _reindexed(mended, tell))


def _reindexed(library: Library, tell: Tell) -> str:
    """Another embedder is moved to here, since it is for all documents at once; files are read by the workers."""
    stale, said = stale_documents(library), []
    if is_moving(library):
        with reindexing(library):
            n = move_to(library, library.configured, lambda done, total: tell("passages", done, total))
        said.append(f"{counted(n, 'passage')} embedded by {library.settings.embedder}, which searches use now")
    wanted = [record.id for record, why in stale if why != "embedder" and not _is_coming(library, record)]
    done = read_again(library, wanted)
    said += [f"{counted(done.n, 'document')} queued to be read again"] if wanted else []
    said += [f"{source} stays as it is: {why}" for source, why in done.left[:1]]
    return "; ".join(said)


def _is_coming(library: Library, record: DocumentRecord) -> bool:
    return library.jobs.open_source(record.collection, record.source) is not None


def _named(records: list[DocumentRecord]) -> str:
    return first_of([record.source for record in records])


def _failed(library: Library) -> Finding:
    """Files that another try may read; of the others only their own bytes can make a difference."""
    failed = [job for job in library.jobs.jobs() if job.state == "failed"]
    again = [job for job in failed if not is_hopeless(job)]
    if not again:
        return Finding("failed files", True, _hopeless(failed) or "none")
    text = f"{counted(len(again), 'file')} failed and may be read by another try: {_sources(again)}"

    def retry(mended: Library) -> str:
        mended.jobs.retry([job.id for job in again])
        return f"{counted(len(again), 'file')} queued again"

    return Finding("failed files", False, text, retry)


def _hopeless(failed: list[Job]) -> str:
    return f"{counted(len(failed), 'file')} cannot be read as they are: {_sources(failed)}" if failed else ""


def _sources(jobs: list[Job]) -> str:
    return first_of([job.source for job in jobs])
