"""Compares the catalogue with what is derived from it and with what lies on the disk, and names every difference."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from indexes.damaged_jobs import damaged_jobs, mend_jobs
from indexes.job_records import FINISHED
from indexes.library import Library
from indexes.minilm import checked_weights, model_directory
from indexes.terminal import first_of
from ingest.drafts import clear_drafts
from ingest.files import digest
from ingest.living import living_workers
from ingest.moving import embed_missing
from ingest.older import older_summary
from ingest.originals import original, original_path, outermost
from ingest.pipeline import Pipeline
from ingest.removal import folder_name
from rag.errors import FootnoteError
from rag.types import DocumentRecord, Scope, counted

_LITTLE_DISK = 1_000_000_000
_SAMPLED = 50
_OLD_S = 3600.0
_DRAFTS = ("drafts/*", "vectors/*/*.tmp", "keyword/*/.tmp*", ".backup-*", "uploads/.fetch-*", "uploads/*/.*")
"""The last three are of earlier versions."""
_MADE_ANEW = ("jobs", "refused", "unpacked", "generations")
"""Tables without which no document is lost."""
_PARTS = ("openvino", "faiss-cpu", "faiss-gpu-cu12", "chromadb", "tantivy", "apsw", "pypdfium2", "rapidocr", "torch")

Cure = Callable[[Library], str]
"""Mends what was found; what it did, in a sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `cure` is None where all is well, or nothing can be done by itself."""

    what: str
    good: bool
    text: str
    cure: Cure | None = None


def examine(library: Library) -> list[Finding]:
    """Findings about the catalogue, its vectors and indexes, the kept files, and what the machine offers."""
    return [_looked_at(name, look, library) for name, look in _LOOKS.items()]


def mend(library: Library, finding: Finding) -> str:
    """Run a finding's cure; what was done, or why it could not be."""
    try:
        return f"{finding.what}: {finding.cure(library) if finding.cure else 'nothing can be done by itself'}"
    except (FootnoteError, OSError, ValueError) as error:
        return f"{finding.what}: could not be mended ({error})"


def _looked_at(name: str, look: Callable[[Library], Finding], library: Library) -> Finding:
    """What cannot be looked at is a finding, too."""
    try:
        return look(library)
    except (FootnoteError, OSError, ValueError) as error:
        return Finding(name, False, str(error), _CURES.get(name))


def _catalogue(library: Library) -> Finding:
    verdict = library.catalogue.check()
    missing = library.catalogue.database.missing()
    if not missing:
        return Finding("catalogue", verdict == "ok", f"SQLite says {verdict}")
    lost = [name for name, sql in missing.items() if sql.startswith("CREATE TABLE") and name not in _MADE_ANEW]
    said = f"SQLite says {verdict}, but it lacks {', '.join(missing)}"
    if lost:
        return Finding("catalogue", False, f"{said}: put back catalogue.sqlite from a backup")

    def make_anew(mended: Library) -> str:
        with mended.catalogue.database.writing():
            for statement in missing.values():
                mended.catalogue.database.execute(statement)
        return f"{', '.join(missing)} made anew, empty: add the files again that were on their way"

    return Finding("catalogue", False, f"{said}: it can be made anew, without the files on their way", make_anew)


def _chunks(library: Library) -> Finding:
    catalogue = library.catalogue
    wrong = []
    for record in catalogue.documents():
        text, chunks = catalogue.text(record.id), catalogue.chunks_of(record.id)
        if len(chunks) != record.n_chunks or any(text[c.start : c.end] != c.text for c in chunks):
            wrong.append(record.id)
    if not wrong:
        return Finding("chunks", True, "every chunk is its span")

    def read_again(mended: Library) -> str:
        records = [mended.catalogue.document(number) for number in wrong]
        states = [
            outcome.state
            for record in records
            for outcome in Pipeline(mended, record.collection).add([original(mended, record)], again=True)
        ]
        return f"{states.count('ready')} of {len(wrong)} documents were read again"

    return Finding("chunks", False, f"documents {wrong[:20]} disagree with their chunks", read_again)


def _vectors(library: Library) -> Finding:
    if library.catalogue.embedders.active() is None and not library.catalogue.embedders.n_strays():
        return Finding("vectors", True, "there are no chunks to have one")
    number = library.embedder_number(library.embedder)
    missing = len(library.catalogue.embedders.without_vector(number))
    strays = library.catalogue.embedders.n_strays()
    if not missing and not strays:
        return Finding("vectors", True, f"all {library.catalogue.n_chunks()} chunks have one")
    said = [f"{missing} chunks have no vector of {library.embedder.name}"] if missing else []
    said += [f"{strays} vectors belong to no chunk"] if strays else []
    return Finding("vectors", False, "; ".join(said), _mend_vectors)


def _mend_vectors(library: Library) -> str:
    number = library.embedder_number(library.embedder)
    n = embed_missing(library, library.embedder, number, lambda _done, _total: None)
    strays = library.catalogue.embedders.drop_strays()
    _rebuild_vector_index(library)  # it may have passed over those that had no vector
    return f"{n} passages were embedded, {strays} stray vectors deleted"


def _vector_index(library: Library) -> Finding:
    name = "vector index"
    ids = library.catalogue.chunk_ids(Scope())
    if not len(ids):
        return Finding(name, True, "there are no chunks to be in it")
    found = np.sort(library.dense.search("anything", max(1, len(ids)), Scope()).ids)
    if not np.array_equal(found, ids):
        n_wrong = len(np.setxor1d(found, ids))
        return Finding(name, False, f"it disagrees with the catalogue about {n_wrong} chunks", _rebuild_vector_index)
    sample = np.random.default_rng(7).permutation(ids)[:_SAMPLED]
    number = library.embedder_number(library.embedder)
    lost = [i for i in np.sort(sample) if not library.dense.finds_itself(int(i), number)]
    if lost:
        return Finding(
            name, False, f"{len(lost)} of {len(sample)} chunks do not find themselves", _rebuild_vector_index
        )
    unused = [note for note in library.notes if "is not used but filled" in note]
    if unused:
        return Finding(name, False, unused[0], _rebuild_vector_index)
    return Finding(name, True, f"all {len(ids)} chunks are in it; {len(sample)} of them looked for and found")


def _rebuild_vector_index(library: Library) -> str:
    library.catalogue.embedders.forget_generations()
    library.dense.renew()
    library.checkpoint_of(library.embedder)
    library.notes.clear()
    return "the vector index was built anew from the catalogue"


def _keyword(library: Library) -> Finding:
    expected = np.sort(library.catalogue.chunk_ids(Scope()))
    indexed = np.sort(library.keyword.ids())
    if np.array_equal(expected, indexed):
        return Finding("keyword index", True, f"all {len(expected)} chunks are in it")
    n_wrong = len(np.setxor1d(expected, indexed))
    return Finding("keyword index", False, f"it disagrees with the catalogue about {n_wrong} chunks", _rebuild_keyword)


def _rebuild_keyword(library: Library) -> str:
    library.keyword.renew()
    return "the keyword index was built anew from the catalogue"


def _originals(library: Library) -> Finding:
    """Kept files: each has the bytes that its name says, none is missing, none belongs to nobody."""
    home = library.settings.home
    records = library.catalogue.documents()
    kept = {path.name: path for path in (home / "uploads").glob("[!.]*") if path.is_dir()}
    needed = {record.sha256[:16] for record in records}
    waiting = {folder_name(path) for path in library.jobs.paths()}
    altered = {name for name, path in kept.items() if name in needed and not _is_whole(path)}
    lost = [r for r in records if r.sha256[:16] in altered or not original_path(home, r).exists()]
    orphans = [path for name, path in kept.items() if name not in needed | waiting and _age(path) > _OLD_S]
    sources = first_of([record.source for record in lost])
    inside = [r for r in lost if outermost(library, r) is not None]
    said = [f"gone or altered, so that they cannot be read again: {sources}; add them again"] if lost else []
    said += [f"{counted(len(orphans), 'kept file')} without a document"] if orphans else []

    def cure(mended: Library) -> str:
        for path in [*orphans, *(kept[name] for name in altered)]:
            shutil.rmtree(path, ignore_errors=True)
        n = sum(_taken_out_again(mended, record) for record in inside)
        return f"{len(orphans)} files without a document deleted, {n} taken out again of the files that hold them"

    text = "; ".join(said) or f"all {len(records)} documents can be read again"
    can_mend = bool(orphans or inside)
    return Finding("originals", not said, text, cure if can_mend else None)


def _taken_out_again(library: Library, record: DocumentRecord) -> bool:
    """Read the outermost file again that holds a document; whether the document's bytes are there then."""
    holder = outermost(library, record)
    if holder is None:
        return False
    for _ in Pipeline(library, record.collection).add([original(library, holder)], again=True):
        pass
    return original_path(library.settings.home, record).exists()


def _is_whole(folder: Path) -> bool:
    files = [path for path in folder.glob("[!.]*") if path.is_file()]
    return all(digest(path)[:16] == folder.name for path in files)


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def _older(library: Library) -> Finding:
    """No damage: nothing but the files themselves can change it."""
    return Finding("content", True, older_summary(library) or "no document answers from older content")


def _leftovers(library: Library) -> Finding:
    """Drafts of processes that were killed."""
    home = library.settings.home
    old = [path for pattern in _DRAFTS for path in home.glob(pattern) if _age(path) > _OLD_S]

    def delete(_library: Library) -> str:
        clear_drafts(home)
        for path in (path for path in old if path.parent.name != "drafts"):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return f"{len(old)} drafts were deleted"

    text = f"{len(old)} drafts of processes that were killed take up room" if old else "none"
    return Finding("leftovers", not old, text, delete if old else None)


def _jobs(library: Library) -> Finding:
    if damaged := damaged_jobs(library.catalogue.database):
        sources = first_of([source for _, source in damaged])
        text = f"{len(damaged)} rows are damaged, or in a state that no worker takes up: {sources}"
        return Finding("jobs", False, text, _mend_jobs)
    counts = library.jobs.counts()
    n_open = sum(n for state, n in counts.items() if state not in FINISHED)
    workers = living_workers(library.settings.home)
    said = f"{n_open} files on their way, {counts.get('failed', 0)} failed, {len(workers)} workers"
    waits = n_open and not workers
    return Finding("jobs", not waits, said + (": start one with `python -m ingest worker`" if waits else ""))


def _mend_jobs(library: Library) -> str:
    database = library.catalogue.database
    damaged = [number for number, _ in damaged_jobs(database)]
    return f"{len(damaged)} rows made good, {mend_jobs(database, damaged)} of them queued again"


def _embedder(library: Library) -> Finding:
    """A setting, and no damage: the documents' own embedder searches them meanwhile."""
    library.configured.embed_query("anything")
    return Finding("embedder", True, f"{library.settings.embedder} can be used")


def _model(_library: Library) -> Finding:
    checked_weights(model_directory() / "model.safetensors")
    return Finding("bundled model", True, "its weights have the published SHA-256")


def _reranker(library: Library) -> Finding:
    if library.reranker is not None:
        library.reranker.open()
    return Finding("reranker", True, f"{library.settings.reranker}{' can be used' if library.reranker else ''}")


def _disk(library: Library) -> Finding:
    if library.catalogue.database.is_read_only:
        return Finding("disk", True, "it can only be read: searches work, nothing can be added, removed or mended")
    free = shutil.disk_usage(library.settings.home).free
    return Finding("disk", free > _LITTLE_DISK, f"{free / 1e9:.1f} GB are free where the library is")


def _parts(_library: Library) -> Finding:
    found = []
    for part in _PARTS:
        try:
            found.append(f"{part} {version(part)}")
        except PackageNotFoundError:
            continue
    return Finding("parts", True, ", ".join(found))


_LOOKS: dict[str, Callable[[Library], Finding]] = {
    "catalogue": _catalogue,
    "chunks": _chunks,
    "vectors": _vectors,
    "vector index": _vector_index,
    "keyword index": _keyword,
    "originals": _originals,
    "content": _older,
    "leftovers": _leftovers,
    "jobs": _jobs,
    "embedder": _embedder,
    "bundled model": _model,
    "reranker": _reranker,
    "disk": _disk,
    "parts": _parts,
}
_CURES: dict[str, Cure] = {"vector index": _rebuild_vector_index, "keyword index": _rebuild_keyword}
