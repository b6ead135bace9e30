"""Generations of a FAISS index: immutable directories with a manifest, so that opening one reads no vector twice.

A generation is built under a temporary name, flushed, renamed and only then made current in the catalogue, which knows
its name and sequence. Rows and removals after that sequence come from the catalogue. A directory that is not what its
manifest and the catalogue say is left alone, and the index is filled from the catalogue instead.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from indexes.catalogue import Catalogue
from indexes.faiss_index import FaissIndex
from indexes.folder_digest import FolderDigest, damage, flush, write_durably
from indexes.ownership import Ownership
from indexes.vector_keeper import Note, catch_up
from rag.errors import IndexMismatch
from rag.protocols import VectorIndex

_INDEX = "index.faiss"
_MANIFEST = "MANIFEST.json"
_NAME = re.compile(r"gen-(\d{6,})")
_DRAFT = ".tmp"
_MANY = 2000
_SHARE = 0.25
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is: everything that must agree before it is searched."""

    name: str
    library: str
    embedder: str
    metric: str
    dim: int
    rows: int
    sequence: int
    size: int
    sha256: str

    def to_json(self) -> str:
        """With a checksum of its own, since a flipped digit here would be as wrong as one in the vectors."""
        fields = asdict(self)
        return json.dumps(fields | {"checksum": _checksum(fields)}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Raises IndexMismatch when the text is not what `to_json` wrote."""
        try:
            fields = json.loads(text)
            checksum = fields.pop("checksum")
            manifest = cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexMismatch(f"{_MANIFEST} cannot be read") from error
        if checksum != _checksum(asdict(manifest)):
            raise IndexMismatch(f"{_MANIFEST} has changed")
        return manifest


def _checksum(fields: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def clear_generations(home: Path) -> None:
    """Delete what processes left behind that were killed while they wrote one."""
    for folder in {path.parent for path in (home / "vectors").glob(f"*/*{_DRAFT}")}:
        if owner := Ownership.take(folder):
            for draft in folder.glob(f"*{_DRAFT}"):
                shutil.rmtree(draft, ignore_errors=True)
            owner.release()


class Generations:
    """A VectorKeeper over `home/vectors/<embedder>/gen-000001` and its successors."""

    def __init__(self, catalogue: Catalogue, fingerprint: str, dim: int, note: Note) -> None:
        self._catalogue = catalogue
        self._fingerprint = fingerprint
        self._dim = dim
        self._note = note
        digest = hashlib.sha256(fingerprint.encode()).hexdigest()[:16]
        self._key = f"vectors/{digest}"
        self._folder = catalogue.home / "vectors" / digest

    def open(self) -> tuple[VectorIndex, int]:
        """The current generation and its sequence; an empty index with 0 where there is none to trust."""
        return self._opened()

    def folder(self) -> Path | None:
        """Where the current generation is; None as long as none was written."""
        current = self._catalogue.embedders.generation(self._key)
        return None if current is None else self._folder / current[0]

    def _opened(self) -> tuple[FaissIndex, int]:
        current = self._catalogue.embedders.generation(self._key)
        if current is not None:
            name, sequence = current
            try:
                return self._read(name, sequence), sequence
            except (IndexMismatch, OSError) as error:
                where = self._folder / name
                self._note(f"the vector index in {where} is not used but filled from the catalogue: {error}")
        return FaissIndex(self._dim), 0

    def _read(self, name: str, sequence: int) -> FaissIndex:
        folder = self._folder / name
        if missing := next((path.name for path in (folder, folder / _MANIFEST) if not path.exists()), ""):
            raise IndexMismatch(f"{missing} is missing")
        manifest = Manifest.from_json((folder / _MANIFEST).read_text("utf-8", "replace"))
        wanted = (name, self._catalogue.identity(), self._fingerprint, "cosine", self._dim, sequence)
        found = (manifest.name, manifest.library, manifest.embedder, manifest.metric, manifest.dim, manifest.sequence)
        if found != wanted:
            raise IndexMismatch("its manifest is that of another one")
        digests = FolderDigest(folder, leave_out=[_MANIFEST]).digests()
        if wrong := damage({_INDEX: (manifest.size, manifest.sha256)}, digests):
            raise IndexMismatch(wrong)
        index = FaissIndex.open(folder / _INDEX, self._dim)
        if len(index) != manifest.rows:
            raise IndexMismatch(f"it holds {len(index)} rows, not {manifest.rows}")
        return index

    def renew(self) -> VectorIndex:
        """An empty index."""
        return FaissIndex(self._dim)

    def applied(self, _index: VectorIndex, _sequence: int) -> None:
        """Nothing: the newest rows are read from the catalogue until the next checkpoint."""

    def close(self) -> None:
        """Nothing is held."""

    def is_due(self) -> bool:
        """Whether many rows have come or gone since the current generation."""
        current = self._catalogue.embedders.generation(self._key)
        changes = self._catalogue.changes(0 if current is None else current[1])
        n_newer = len(changes.added) + (0 if current is None else len(changes.removed))
        return n_newer > min(_MANY, _SHARE * self._catalogue.n_chunks())

    def checkpoint(self, embedder_id: int, *, is_anew: bool = False) -> str | None:
        """Write the catalogue's vectors as the new current generation; its name, or None while another process does.

        `is_anew` takes nothing from the current one, which stays current until the new one is there.
        """
        owner = Ownership.take(self._folder)
        if owner is None:
            return None
        try:
            index, sequence = (FaissIndex(self._dim), 0) if is_anew else self._opened()
            sequence = catch_up(index, self._catalogue, embedder_id, sequence)
            name = self._write(index, sequence)
            self._catalogue.embedders.set_generation(self._key, name, sequence)
            self._clear(name)
        finally:
            owner.release()
        return name

    def _write(self, index: FaissIndex, sequence: int) -> str:
        name = f"gen-{max(self._numbers(), default=0) + 1:06d}"
        draft = self._folder / f"{name}{_DRAFT}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        try:
            self._fill(draft, index, name, sequence)
            draft.rename(self._folder / name)
        except BaseException:  # a full disk needs the room that the draft takes
            shutil.rmtree(draft, ignore_errors=True)
            raise
        flush(self._folder)
        return name

    def _fill(self, draft: Path, index: FaissIndex, name: str, sequence: int) -> None:
        index.save(draft / _INDEX)
        flush(draft / _INDEX)
        size, sha256 = FolderDigest(draft).digests()[_INDEX]
        origin = (name, self._catalogue.identity(), self._fingerprint)
        manifest = Manifest(*origin, "cosine", self._dim, len(index), sequence, size, sha256)
        write_durably(draft / _MANIFEST, manifest.to_json())

    def _numbers(self) -> set[int]:
        """Of every generation that is or was here, so that a name is never used twice."""
        current = self._catalogue.embedders.generation(self._key)
        names = [path.name for path in self._folder.iterdir()] + ([] if current is None else [current[0]])
        return {int(match[1]) for name in names if (match := _NAME.fullmatch(name))}

    def _clear(self, current: str) -> None:
        """Drafts that a crash left behind, and all but the last generations: a reader may still be opening one."""
        kept = {current, *sorted((f"gen-{number:06d}" for number in self._numbers()), reverse=True)[:_KEPT]}
        for path in self._folder.iterdir():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
