"""Whether every document can be read again from its file, and every kept file is as it was and a document's."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from indexes.library import Library
from indexes.terminal import first_of
from ingest.finding import Finding
from ingest.kept import put_back
from ingest.kept_look import kept_files
from ingest.originals import is_copy, kept_copy, original, outermost, path_on_disk
from ingest.pipeline import Pipeline
from ingest.removal import discard_kept, folder_name
from rag.said import Said, say, say_all, say_n
from rag.types import DocumentRecord

_OLD_S = 3600.0


def originals(library: Library) -> Finding:
    """Kept files: each has the bytes that its folder's name says, none is missing, none belongs to nobody."""
    uploads = library.settings.home / "uploads"
    records = library.catalogue.documents()
    needed = {record.sha256[:16] for record in records}
    waiting = {folder_name(path) for path in library.jobs.paths()}
    found = kept_files(uploads, needed)
    fates = found.fates({record.sha256 for record in records})
    out_of_reach = {r.id: fates[r.sha256] for r in records if fates[r.sha256] != "whole" and path_on_disk(r) is None}
    closed = [record for record in records if out_of_reach.get(record.id) == "unreadable"]
    whole = {path: _whole_copy(library, path, records) for path in found.altered}
    altered = {path.parent.name for path, copy in whole.items() if copy is None}
    lost = [r for r in records if r.sha256[:16] in altered or out_of_reach.get(r.id) == "missing"]
    inside = [record for record in lost if outermost(library, record) is not None]
    copies = {path: copy for path, copy in whole.items() if copy is not None}
    kept = [] if found.closed else [path for path in uploads.glob("[!.]*") if path.is_dir()]
    removed = library.catalogue.removed.all(time.time())
    undoable = {one.sha256[:16] for one in removed if one.is_kept}
    orphans = [path for path in kept if path.name not in needed | waiting | undoable and is_old(path)]
    bare = [
        one for one in removed if one.is_kept and not found.closed and kept_copy(uploads.parent, one.sha256) is None
    ]
    said = _told(lost, closed, uploads) + _kept_told(len(copies), len(orphans))
    if bare:
        names = first_of([one.name for one in bare])
        gone = say("removed, and cannot be put back since the original is gone: {names}; add it again", names=names)
        said.append(gone)

    def cure(mended: Library) -> str:
        for path, copy in copies.items():
            put_back(mended.settings.home, path, copy)
        mended.catalogue.removed.delete([one.id for one in bare])
        discard_kept(mended, {one.sha256[:16] for one in bare})
        for path in orphans:
            shutil.rmtree(path, ignore_errors=True)
        n = sum(_taken_out_again(mended, record) for record in inside)
        return say(
            "{gone} files without a document deleted, {again} taken out again of the files that hold them, "
            "{back} put back from a whole copy",
            gone=len(orphans),
            again=n,
            back=len(copies),
        )

    text = say_all(said) or say("all {n} documents can be read again", n=len(records))
    return Finding("originals", not said, text, cure if orphans or inside or copies or bare else None)


def _told(lost: Sequence[DocumentRecord], closed: Sequence[DocumentRecord], uploads: Path) -> list[Said]:
    """Of documents whose files are lost, and of those whose files may not be read."""
    said = []
    if lost:
        names = _names(lost)
        said.append(say("gone or altered, so that they cannot be read again: {names}; add them again", names=names))
    if closed:
        said.append(
            say(
                "closed to you, so that they can be neither checked nor read again: {names}; "
                "give yourself the rights to {folder}",
                names=_names(closed),
                folder=str(uploads),
            )
        )
    return said


def _kept_told(n_copies: int, n_orphans: int) -> list[Said]:
    """Of kept files of which there is a whole copy elsewhere, and of those that are nobody's."""
    altered = say_n(
        n_copies,
        "{n} kept file altered, of which there is a whole copy",
        "{n} kept files altered, of which there is a whole copy",
    )
    stray = say_n(n_orphans, "{n} kept file without a document", "{n} kept files without a document")
    return [said for said, n in ((altered, n_copies), (stray, n_orphans)) if n]


def is_old(path: Path) -> bool:
    """Whether nobody is at something any more: not what is new, nor what was taken away at this moment."""
    try:
        return time.time() - path.stat().st_mtime > _OLD_S
    except FileNotFoundError:
        return False


def _names(records: Sequence[DocumentRecord]) -> str:
    return first_of([record.source for record in records])


def _whole_copy(library: Library, altered: Path, records: Sequence[DocumentRecord]) -> Path | None:
    """Another file with the bytes that a kept one should have: one beside it, or one that was added by its path."""
    mine = [record for record in records if record.sha256[:16] == altered.parent.name]
    places = [(kept_copy(library.settings.home, record.sha256), record.sha256) for record in mine]
    places += [(path_on_disk(record), record.sha256) for record in mine]
    return next((path for path, sha256 in places if path is not None and is_copy(path, sha256)), None)


def _taken_out_again(library: Library, record: DocumentRecord) -> bool:
    """Read the outermost file again that holds a document; whether the document's bytes are kept then."""
    holder = outermost(library, record)
    if holder is None:
        return False
    for _ in Pipeline(library, record.collection).add([original(library, holder)], again=True):
        pass
    copy = kept_copy(library.settings.home, record.sha256)
    return copy is not None and is_copy(copy, record.sha256)
