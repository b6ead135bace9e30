"""Compares the catalogue with what is derived from it and with what lies on the disk, and names every difference."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from indexes.damaged_jobs import damaged_jobs, mend_jobs
from indexes.job_records import FINISHED
from indexes.late_weights import check_shipped
from indexes.library import Library
from indexes.minilm import checked_weights, model_directory
from indexes.ownership import is_held
from indexes.support_weights import support
from indexes.system_errors import told
from indexes.terminal import first_of
from ingest.drafts import clear_drafts
from ingest.finding import Cure, Finding, Look, Tell
from ingest.index_check import keyword_index, rebuild_keyword, rebuild_vector_index, vector_index, vectors
from ingest.kept_check import is_old, originals
from ingest.living import living_workers
from ingest.lost_tables import catalogue_finding
from ingest.older import older_summary
from ingest.reading_again import read_again
from ingest.sizes import sized
from ingest.source_check import sources
from rag.errors import FootnoteError
from rag.said import say, say_all, say_n

__all__ = ["Finding", "cured", "examine", "mend"]

_LEAST_DISK = 100_000_000
_DRAFTS = ("drafts/*", "vectors/*/*.tmp", "keyword/*/.tmp*", ".backup-*", "uploads/.fetch-*", "uploads/*/.*")
"""The last three are of earlier versions."""
_PARTS = ("openvino", "faiss-cpu", "faiss-gpu-cu12", "chromadb", "tantivy", "apsw", "pypdfium2", "rapidocr", "torch")


def examine(
    library: Library,
    tell: Tell = lambda _what, _done, _total: None,
    *,
    more: Mapping[str, Look] = {},  # noqa: B006 - never written to
    only: Collection[str] = (),
) -> list[Finding]:
    """Findings about the catalogue, its vectors and indexes, the kept files, and what the machine offers.

    `more`: what else is looked at in a whole catalogue. `only`: besides the catalogue nothing but what goes by these
    names; all where there is none.
    """
    wanted = {name: look for name, look in (_LOOKS | dict(more) | _BESIDES).items() if not only or name in only}
    tell("catalogue", 0, len(wanted) + 1)
    found = [_looked_at("catalogue", catalogue_finding, library)]
    if found[0].hides:
        wanted = {name: look for name, look in wanted.items() if name in _BESIDES}
    for n, (name, look) in enumerate(wanted.items(), start=1):
        tell(name, n, len(wanted) + 1)
        found.append(_looked_at(name, look, library))
    return found


def mend(library: Library, finding: Finding) -> str:
    """`cured` for a command, which says of what it speaks."""
    return f"{finding.what}: {cured(library, finding)}"


def cured(library: Library, finding: Finding) -> str:
    """Run a finding's cure; what was done, or why it could not be."""
    try:
        return finding.cure(library) if finding.cure else say("nothing can be done by itself")
    except OSError as error:
        return say("could not be mended: {why}", why=told(error))
    except (FootnoteError, ValueError) as error:
        return say("could not be mended ({why})", why=str(error))


def _looked_at(name: str, look: Look, library: Library) -> Finding:
    """What cannot be looked at is a finding, too."""
    try:
        return look(library)
    except OSError as error:
        return Finding(name, False, told(error), _CURES.get(name))
    except (FootnoteError, ValueError) as error:
        return Finding(name, False, str(error), _CURES.get(name))


def _chunks(library: Library) -> Finding:
    catalogue = library.catalogue
    wrong = []
    for record in catalogue.documents():
        text, chunks = catalogue.text(record.id), catalogue.chunks_of(record.id)
        is_whole = len(chunks) == record.n_chunks and len(catalogue.pages(record.id)) == record.n_pages
        if not is_whole or any(text[c.start : c.end] != c.text for c in chunks):
            wrong.append(record)
    if not wrong:
        return Finding("chunks", True, say("every chunk is its span"))
    names = first_of([record.source for record in wrong])
    text = say_n(
        len(wrong),
        "{n} document whose text, pages or chunks are not as they were read: {names}",
        "{n} documents whose text, pages or chunks are not as they were read: {names}",
        names=names,
    )
    return Finding("chunks", False, text, lambda mended: read_again(mended, wrong))


def _older(library: Library) -> Finding:
    """No damage: nothing but the files themselves can change it."""
    return Finding("content", True, older_summary(library) or say("no document answers from older content"))


def _leftovers(library: Library) -> Finding:
    """Drafts of processes that were killed."""
    home = library.settings.home
    old = [
        path
        for pattern in _DRAFTS
        for path in home.glob(pattern)
        if is_old(path) and not (path.is_dir() and is_held(path))
    ]

    def delete(_library: Library) -> str:
        clear_drafts(home)
        for path in (path for path in old if path.parent.name != "drafts"):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return say_n(len(old), "{n} draft deleted", "{n} drafts deleted")

    if not old:
        return Finding("leftovers", True, say("none"))
    text = say_n(
        len(old),
        "{n} draft of processes that were killed, in nobody's hands",
        "{n} drafts of processes that were killed, in nobody's hands",
    )
    return Finding("leftovers", False, text, delete)


def _jobs(library: Library) -> Finding:
    if damaged := damaged_jobs(library.catalogue.database):
        names = first_of([source for _, source in damaged])
        text = say("{n} rows are damaged, or in a state that no worker takes up: {names}", n=len(damaged), names=names)
        return Finding("jobs", False, text, _mend_jobs)
    counts = library.jobs.counts()
    n_open = sum(n for state, n in counts.items() if state not in FINISHED)
    workers = living_workers(library.settings.home)
    n_failed = counts.get("failed", 0)
    files = say_n(
        n_open, "{n} file on the way, {failed} failed", "{n} files on the way, {failed} failed", failed=n_failed
    )
    said = say_all([files, say_n(len(workers), "{n} worker", "{n} workers")], ", ")
    waits = n_open and not workers
    start = say("{said}: start one with `python -m ingest worker`", said=said)
    return Finding("jobs", not waits, start if waits else said)


def _mend_jobs(library: Library) -> str:
    database = library.catalogue.database
    damaged = [number for number, _ in damaged_jobs(database)]
    n_again = mend_jobs(database, damaged)
    return say("{n} rows made good, {again} of them queued again", n=len(damaged), again=n_again)


def _embedder(library: Library) -> Finding:
    """A setting, and no damage: the documents' own embedder searches them meanwhile."""
    library.configured.embed_query("anything")
    if library.catalogue.embedders.active() is not None:
        library.embedder_number(library.embedder)  # another model may have taken its name
    return Finding("embedder", True, say("{name} can be used", name=library.settings.embedder))


def _model(_library: Library) -> Finding:
    checked_weights(model_directory() / "model.safetensors")
    check_shipped()
    support()
    told_of = say("its weights, and what was trained on them, are those that were published")
    return Finding("bundled model", True, told_of)


def _reranker(library: Library) -> Finding:
    if library.reranker is not None:
        library.reranker.open()
    name = library.settings.reranker
    return Finding("reranker", True, say("{name} can be used", name=name) if library.reranker else name)


def _disk(library: Library) -> Finding:
    if library.catalogue.database.is_read_only:
        return Finding("disk", True, say("it can only be read: searches work, nothing can be added, removed or mended"))
    home = library.settings.home
    free, has = shutil.disk_usage(home).free, sum(map(_size, home.rglob("*")))
    wanted = max(_LEAST_DISK, 2 * has)
    text = say("{free} are free where the library is, which has {has}", free=sized(free), has=sized(has))
    if free >= wanted:
        return Finding("disk", True, text)
    least, size = sized(_LEAST_DISK), sized(wanted)
    more = say("{size} are wanted, twice that and at least {least}: make room there", size=size, least=least)
    return Finding("disk", False, say_all([text, more]))


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # gone since, as drafts are
        return 0


def _parts(_library: Library) -> Finding:
    found = []
    for part in _PARTS:
        try:
            found.append(f"{part} {version(part)}")
        except PackageNotFoundError:
            continue
    return Finding("parts", True, ", ".join(found))


_LOOKS: dict[str, Look] = {
    "sources": sources,
    "chunks": _chunks,
    "vectors": vectors,
    "vector index": vector_index,
    "keyword index": keyword_index,
    "originals": originals,
    "content": _older,
    "leftovers": _leftovers,
    "jobs": _jobs,
    "embedder": _embedder,
}
_BESIDES: dict[str, Look] = {
    "bundled model": _model,
    "reranker": _reranker,
    "disk": _disk,
    "parts": _parts,
}
"""What does not stand in the catalogue."""
_CURES: dict[str, Cure] = {"vector index": rebuild_vector_index, "keyword index": rebuild_keyword}
