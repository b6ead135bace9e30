"""Keeps a Chroma index between processes: one owner, a record of what its files were, and a fresh start in doubt."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from indexes.catalogue import Catalogue
from indexes.folder_digest import FolderDigest, damage, write_durably
from indexes.ownership import Ownership
from indexes.vector_keeper import Note, catch_up
from rag.protocols import VectorIndex

RECORD = "applied.json"
"""Says which changes the files hold; there is none before all of them are in."""


class ChromaFolder:
    """A VectorKeeper over `folder/index`. The record beside it is written after every change.

    Where the files are not what the record says, because they were damaged or a change was cut off, the index starts
    empty and is filled from the catalogue again: Chroma itself would crash on such files or answer from a part of them.
    """

    def __init__(self, owner: Ownership, library: str, dim: int, note: Note) -> None:
        self._owner = owner
        self._library = library
        self._dim = dim
        self._note = note
        self._index: VectorIndex | None = None
        self._digest = FolderDigest(self._files)

    @property
    def _files(self) -> Path:
        return self._owner.folder / "index"

    @property
    def _record(self) -> Path:
        return self._owner.folder / RECORD

    def open(self) -> tuple[VectorIndex, int]:
        """The index as it was kept, with its sequence; an empty one with 0 where there is none to trust."""
        sequence = self._kept_sequence()
        if sequence is None:
            return self.renew(), 0
        index = self._opened()
        self.applied(index, sequence)  # opening it has changed its files
        return index, sequence

    def _kept_sequence(self) -> int | None:
        if not self._files.exists() or not self._record.exists():  # its first filling may have been cut short
            return None
        try:
            record = json.loads(self._record.read_text("utf-8"))
            expected = {name: (int(size), str(sha256)) for name, (size, sha256) in record["files"].items()}
            wrong = damage(expected, self._digest.digests())
            if record["library"] != self._library:
                wrong = "it was made from another catalogue"
            if not wrong:
                return int(record["sequence"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            wrong = f"{RECORD} is missing or damaged"
        self._note(f"the Chroma index in {self._owner.folder} is filled again from the catalogue: {wrong}")
        return None

    def _opened(self) -> VectorIndex:
        from indexes.chroma_index import ChromaIndex

        self._index = ChromaIndex(self._files, self._dim)
        return self._index

    def renew(self) -> VectorIndex:
        """An empty index in place of what was kept."""
        self._let_go()
        self._record.unlink(missing_ok=True)
        shutil.rmtree(self._files, ignore_errors=True)
        self._files.mkdir(parents=True, mode=0o700)
        return self._opened()

    def applied(self, _index: VectorIndex, sequence: int) -> None:
        """Note down that the files hold every change up to this one."""
        record = {"library": self._library, "sequence": sequence, "files": self._digest.digests()}
        write_durably(self._record, json.dumps(record, indent=1))

    def checkpoint(self, catalogue: Catalogue, embedder_id: int) -> None:
        """Take in what the catalogue has done since, if anything, and let go of the folder."""
        try:
            if self._recorded() != catalogue.sequence():
                index, sequence = self.open()
                self.applied(index, catch_up(index, catalogue, embedder_id, sequence))
        finally:
            self.close()

    def _recorded(self) -> int | None:
        try:
            return int(json.loads(self._record.read_text("utf-8"))["sequence"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def close(self) -> None:
        """Let go of the files, and let another process have the folder."""
        self._let_go()
        self._owner.release()

    def _let_go(self) -> None:
        from indexes.chroma_index import ChromaIndex

        if isinstance(self._index, ChromaIndex):
            self._index.close()
        self._index = None
