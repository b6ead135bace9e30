"""The embedders that a catalogue has vectors of, which of them searches use, and the generations of their indexes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexes.database import Database
from indexes.queries import WITHOUT_VECTOR
from rag.errors import IndexMismatch
from rag.types import Ids, Vectors


@dataclass(frozen=True, slots=True)
class KnownEmbedder:
    """An embedder as the catalogue knows it."""

    id: int
    name: str
    fingerprint: str
    dim: int
    tokenizer: str
    """Tells tokenizers apart that count differently; see `indexes.library`."""


class EmbedderTable:
    """A part of the Catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, fingerprint: str, name: str, dim: int, canaries: Vectors, tokenizer: str = "") -> int:
        """The id of an embedder, made known with the vectors of the canary texts [n, dim] at its first use."""
        row = (fingerprint, name, dim, canaries.astype(np.float32).tobytes(), tokenizer)
        sql = "INSERT OR IGNORE INTO embedders (fingerprint, name, dim, canaries, tokenizer) VALUES (?, ?, ?, ?, ?)"
        with self._database.writing():
            self._database.execute(sql, row)
            self._database.execute(
                "UPDATE embedders SET tokenizer = ? WHERE fingerprint = ? AND tokenizer = ''", (tokenizer, fingerprint)
            )
            return int(self._database.one("SELECT id FROM embedders WHERE fingerprint = ?", (fingerprint,)))

    def canaries(self, fingerprint: str) -> tuple[int, Vectors] | None:
        """The id of a known embedder and the vectors that it gave the canary texts; None for one never used."""
        sql = "SELECT id, dim, canaries FROM embedders WHERE fingerprint = ?"
        row = self._database.execute(sql, (fingerprint,)).fetchone()
        if row is None:
            return None
        number, dim, blob = row
        return number, np.frombuffer(blob, dtype=np.float32).reshape(-1, dim)

    def known(self, fingerprint: str) -> KnownEmbedder | None:
        """What is kept of an embedder; None for one never used."""
        row = self._database.execute(f"{_KNOWN} WHERE e.fingerprint = ?", (fingerprint,)).fetchone()
        return None if row is None else KnownEmbedder(*row)

    def active(self) -> KnownEmbedder | None:
        """The embedder whose vectors are searched; None as long as there are no passages."""
        sql = f"{_KNOWN} JOIN change ON embedder_id = e.id WHERE EXISTS (SELECT 1 FROM chunks)"  # noqa: S608
        row = self._database.execute(sql).fetchone()
        return None if row is None else KnownEmbedder(*row)

    def claim(self, embedder_id: int) -> None:
        """Within the transaction that writes vectors: the first embedder becomes the active one.

        Raises IndexMismatch when another one is active: passages without its vectors could not be found.
        """
        active = self.active()
        if active is None:
            self._database.execute("UPDATE change SET embedder_id = ?", (embedder_id,))
        elif active.id != embedder_id:
            raise IndexMismatch(f"the documents are embedded by {active.name!r} since a moment: try again")

    def without_vector(self, embedder_id: int) -> Ids:
        """Chunks that this embedder has not embedded, ascending."""
        return self._database.ids(WITHOUT_VECTOR, (embedder_id,))

    def add_vectors(self, embedder_id: int, ids: Ids, vectors: Vectors) -> None:
        """Put vectors [n, dim] of chunks beside those of other embedders; chunks removed meanwhile are left out."""
        packed = vectors.astype(np.float16)
        rows = [(embedder_id, row.tobytes(), int(number)) for number, row in zip(ids, packed, strict=True)]
        sql = "INSERT OR REPLACE INTO vectors (embedder_id, chunk_id, vector) SELECT ?, id, ? FROM chunks WHERE id = ?"
        with self._database.writing():
            self._database.execute_many(sql, [(number, blob, chunk) for number, blob, chunk in rows])

    def activate(self, embedder_id: int) -> bool:
        """Let searches use this embedder and drop the vectors of the others; False while passages lack its own."""
        with self._database.writing():
            if len(self.without_vector(embedder_id)):
                return False
            self._database.execute("UPDATE change SET embedder_id = ?", (embedder_id,))
            self._database.execute("DELETE FROM vectors WHERE embedder_id <> ?", (embedder_id,))
            self._database.advance()
        return True

    def drop_vectors(self, ids: Ids) -> None:
        """Delete the vectors of these chunks, of whichever embedder."""
        with self._database.writing():
            self._database.execute_many("DELETE FROM vectors WHERE chunk_id = ?", [(int(number),) for number in ids])

    def drop_strays(self) -> int:
        """Delete vectors of chunks that are not there; how many there were."""
        with self._database.writing():
            self._database.execute("DELETE FROM vectors WHERE chunk_id NOT IN (SELECT id FROM chunks)")
            return int(self._database.one("SELECT changes()"))

    def n_strays(self) -> int:
        """How many vectors belong to chunks that are not there."""
        return int(self._database.one("SELECT COUNT(*) FROM vectors WHERE chunk_id NOT IN (SELECT id FROM chunks)"))

    def generation(self, name: str) -> tuple[str, int] | None:
        """Directory and sequence of the current generation of a derived index; None where there is none."""
        sql = "SELECT directory, sequence FROM generations WHERE name = ?"
        row = self._database.execute(sql, (name,)).fetchone()
        return None if row is None else (row[0], row[1])

    def forget_generations(self) -> None:
        """The indexes on the disk are not to be trusted, or not there: the next checkpoint writes them anew."""
        with self._database.writing():
            self._database.execute("DELETE FROM generations")

    def set_generation(self, name: str, directory: str, sequence: int) -> None:
        """Make a generation the current one."""
        with self._database.writing():
            self._database.execute("INSERT OR REPLACE INTO generations VALUES (?, ?, ?)", (name, directory, sequence))


_KNOWN = "SELECT e.id, e.name, e.fingerprint, e.dim, e.tokenizer FROM embedders e"
