"""The passages that the steps of one question have found, numbered once, as many as fit into the answer's request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.prompt import numbered
from rag.types import Hit

_LEAST = 4
"""Passages that always fit: a longer one is cut."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the passages of one step."""

    new: tuple[int, ...]
    """Numbers of those that no step before had found."""
    known: tuple[int, ...]


class Gathered:
    """Passage n is `hits[n - 1]`, from the first step to the citations of the answer."""

    def __init__(self, room: int) -> None:
        """`room`: characters of all passages."""
        self.hits: list[Hit] = []
        self._limit = room // _LEAST
        self._room = room
        self._numbers: dict[int, int] = {}

    @property
    def is_full(self) -> bool:
        """No further passage is taken."""
        return self._room <= 0

    def add(self, hits: Sequence[Hit]) -> Added:
        """Take in those that are new, as long as there is room; scores fall on, as those of one search do."""
        new, known = [], []
        for hit in hits:
            n = self._numbers.get(hit.chunk.id)
            if n is not None:
                known.append(n)
            elif not self.is_full:
                new.append(self._taken(hit))
        return Added(tuple(new), tuple(known))

    def _taken(self, hit: Hit) -> int:
        lowest = self.hits[-1].score if self.hits else hit.score
        self.hits.append(replace(hit, score=min(lowest, hit.score)))
        n = self._numbers[hit.chunk.id] = len(self.hits)
        self._room -= len(self.text(n))
        return n

    def text(self, n: int) -> str:
        """Passage n as a chat model reads it."""
        return numbered(n, self.hits[n - 1], self._limit)
