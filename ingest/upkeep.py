"""What is no damage and wants doing all the same: documents that were read with other settings, and failed files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexes.job_records import Job
from indexes.library import Library
from indexes.terminal import first_of
from ingest.cutting import EARLIER
from ingest.finding import Finding, Look, Tell
from ingest.known import is_hopeless
from ingest.moving import move_to
from ingest.reindexing import reindexing, reindexing_process
from ingest.shelving import read_again
from ingest.staleness import Stale, is_moving, stale_documents
from rag.said import Said, say, say_all, say_n
from rag.types import DocumentRecord


def upkeep(tell: Tell) -> Mapping[str, Look]:
    """Name -> what looks; `tell` hears how far a cure is that takes long."""
    return {"settings": lambda library: _settings(library, tell), "failed files": _failed}


def _settings(library: Library, tell: Tell) -> Finding:
    """Whether every document was read with the settings of now, and embedded by their embedder."""
    stale, moves = stale_documents(library), is_moving(library)
    if process := reindexing_process(library.settings.home):
        return Finding(
            "settings",
            True,
            say("process {process} reads documents again just now, while searches go on", process=str(process)),
        )
    waiting = [(record, why) for record, why in stale if why != "embedder" and not _is_coming(library, record)]
    n_coming = sum(why != "embedder" for _, why in stale) - len(waiting)
    coming = say_n(n_coming, "{n} document on the way to be read again", "{n} documents on the way to be read again")
    said = [coming] if n_coming else []
    if not (waiting or moves):
        return Finding("settings", True, say_all(said) or say("every document was read with those of now"))
    said += _read_otherwise(waiting)
    if moves:
        active = library.catalogue.embedders.active()
        name = active.name if active else say("none")
        said.append(say("embedded by {name}, and not by {other}", name=name, other=library.settings.embedder))
    return Finding("settings", False, say_all(said), lambda mended: _reindexed(mended, tell))


def _read_otherwise(waiting: Stale) -> Iterator[Said]:
    otherwise, earlier = list[DocumentRecord](), list[DocumentRecord]()
    for record, why in waiting:
        (earlier if why.removesuffix(", embedder") == EARLIER else otherwise).append(record)
    if otherwise:
        yield say_n(
            len(otherwise),
            "{n} document read with others than those of now: {names}",
            "{n} documents read with others than those of now: {names}",
            names=_named(otherwise),
        )
    if earlier:
        yield say_n(
            len(earlier),
            "{n} document read by an earlier version: {names}",
            "{n} documents read by an earlier version: {names}",
            names=_named(earlier),
        )


def _reindexed(library: Library, tell: Tell) -> str:
    """Another embedder is moved to here, since it is for all documents at once; files are read by the workers."""
    stale = stale_documents(library)
    said: list[Said] = []
    if is_moving(library):
        with reindexing(library):
            n = move_to(library, library.configured, lambda done, total: tell("passages", done, total))
        said.append(
            say_n(
                n,
                "{n} passage embedded by {name}, which searches use now",
                "{n} passages embedded by {name}, which searches use now",
                name=library.settings.embedder,
            )
        )
    wanted = [record.id for record, why in stale if why != "embedder" and not _is_coming(library, record)]
    done = read_again(library, wanted)
    queued = say_n(done.n, "{n} document queued to be read again", "{n} documents queued to be read again")
    said += [queued] if wanted else []
    said += [say("{source} stays as it is: {why}", source=source, why=why) for source, why in done.left[:1]]
    return say_all(said)


def _is_coming(library: Library, record: DocumentRecord) -> bool:
    return library.jobs.open_source(record.collection, record.source) is not None


def _named(records: Sequence[DocumentRecord]) -> str:
    return first_of([record.source for record in records])


def _failed(library: Library) -> Finding:
    """Files that another try may read; of the others only their own bytes can make a difference."""
    failed = [job for job in library.jobs.jobs() if job.state == "failed"]
    again = [job for job in failed if not is_hopeless(job)]
    if not again:
        return Finding("failed files", True, _hopeless(failed) or say("none"))
    text = say_n(
        len(again),
        "{n} file failed and may be read by another try: {names}",
        "{n} files failed and may be read by another try: {names}",
        names=_sources(again),
    )

    def retry(mended: Library) -> str:
        mended.jobs.retry([job.id for job in again])
        return say_n(len(again), "{n} file queued again", "{n} files queued again")

    return Finding("failed files", False, text, retry)


def _hopeless(failed: list[Job]) -> str:
    if not failed:
        return ""
    return say_n(
        len(failed),
        "{n} file cannot be read as they are: {names}",
        "{n} files cannot be read as they are: {names}",
        names=_sources(failed),
    )


def _sources(jobs: list[Job]) -> str:
    return first_of([job.source for job in jobs])
