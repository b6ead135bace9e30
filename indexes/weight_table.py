"""How much meaning counts against words in each collection, as it was tuned or set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from indexes.database import Database
from rag.types import Scope, counted
from rag.weights import DEFAULT_WEIGHT, FEWEST


@dataclass(frozen=True, slots=True)
class CollectionWeight:
    """The dense weight of one collection, and what it rests on."""

    collection: str
    n_chunks: int
    """Passages that the collection has now."""
    fixed: float | None = None
    """As a person has set it."""
    tuned: float | None = None
    n_questions: int = 0
    tuned_of: int = 0
    """Passages that the collection had when it was tuned."""
    embedder: str = ""
    """Fingerprint of the embedder by whose vectors it was tuned."""
    tuned_at: str = ""
    """ISO 8601, UTC."""
    of_settings: float | None = None
    """What the settings say for all collections, whatever else is known."""

    @property
    def weight(self) -> float:
        """The one that searches use."""
        if self.of_settings is not None:
            return self.of_settings
        if self.fixed is not None:
            return self.fixed
        return DEFAULT_WEIGHT if self.tuned is None else self.tuned

    @property
    def told(self) -> str:
        """The weight and where it comes from, for a person."""
        if self.of_settings is not None:
            return f"{self.weight:.2f}, as FOOTNOTE_DENSE_WEIGHT says"
        if self.fixed is not None:
            return f"{self.weight:.2f}, set by hand"
        if self.tuned is None:
            return f"{self.weight:.2f}, not tuned yet"
        made = f"{counted(self.n_questions, 'question')} made from its passages"
        if self.n_questions < FEWEST:
            return f"{self.weight:.2f}, since no more than {made} can be asked"
        return f"{self.weight:.2f}, tuned on {made}, {self.tuned_at[:10]}"


def joint_weight(weights: Sequence[CollectionWeight]) -> float:
    """One weight for a search in several collections: each counts by its passages."""
    n_chunks = sum(one.n_chunks for one in weights)
    return round(sum(one.weight * one.n_chunks for one in weights) / n_chunks, 4) if n_chunks else DEFAULT_WEIGHT


class WeightTable:
    """A part of the Catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[CollectionWeight]:
        """One for each collection, by name. What was tuned by another embedder than the one in use is left out."""
        return [CollectionWeight(*row) for row in self._database.rows(f"{_ALL} GROUP BY c.id ORDER BY c.name")]

    def joint(self, scope: Scope) -> float:
        """The weight of a search within a scope. Passages are only counted where collections differ: of 100,000
        documents that takes 8 ms, and every question asks."""
        if not scope.documents:
            rows = self._database.rows(f"SELECT {_COLUMNS.format(n_chunks=0)} {_EACH}")  # noqa: S608
            each = [CollectionWeight(*row) for row in rows]
            found = {one.weight for one in each if scope.names(one.collection)}
            if len(found) == 1:
                return round(found.pop(), 4)
        return joint_weight(self.of(scope))

    def of(self, scope: Scope) -> list[CollectionWeight]:
        """Those of the collections that a scope has passages of; `n_chunks` are the ones within it."""
        return [one for one in self._within(scope) if one.n_chunks]

    def _within(self, scope: Scope) -> Sequence[CollectionWeight]:
        if scope.documents:
            marks = ",".join("?" * len(scope.documents))
            rows = self._database.rows(f"{_ALL} WHERE d.id IN ({marks}) GROUP BY c.id", scope.documents)
            found = [CollectionWeight(*row) for row in rows]
        else:
            found = self.all()
        return [one for one in found if scope.names(one.collection)]

    def fix(self, collection: str, weight: float | None) -> None:
        """Set a collection's weight by hand, or let it be tuned again."""
        self._put(collection, "fixed = ?", (weight,))

    def tune(self, collection: str, weight: float, n_questions: int, n_chunks: int, embedder: str) -> None:
        """Keep what a collection was tuned to."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        columns = "tuned = ?, n_questions = ?, n_chunks = ?, embedder = ?, tuned_at = ?"
        self._put(collection, columns, (weight, n_questions, n_chunks, embedder, now))

    def _put(self, collection: str, columns: str, values: Sequence[object]) -> None:
        with self._database.writing():
            self._database.execute(
                "INSERT OR IGNORE INTO weights (collection_id) SELECT id FROM collections WHERE name = ?", (collection,)
            )
            sql = f"UPDATE weights SET {columns} FROM collections c WHERE c.id = collection_id AND c.name = ?"  # noqa: S608
            self._database.execute(sql, (*values, collection))


_IN_USE = "w.embedder = (SELECT e.fingerprint FROM change JOIN embedders e ON e.id = change.embedder_id)"
_COLUMNS = f"""c.name, {{n_chunks}}, w.fixed, CASE WHEN {_IN_USE} THEN w.tuned END,
    coalesce(w.n_questions, 0), coalesce(w.n_chunks, 0), coalesce(w.embedder, ''), coalesce(w.tuned_at, '')"""
_EACH = "FROM collections c LEFT JOIN weights w ON w.collection_id = c.id"
_ALL = f"""SELECT {_COLUMNS.format(n_chunks="coalesce(sum(d.n_chunks), 0)")} {_EACH}
    LEFT JOIN documents d ON d.collection_id = c.id"""  # noqa: S608
