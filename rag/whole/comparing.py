"""Sentences about two or more things side by side, those on one subject in one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.protocols import Embedder
from rag.types import Vectors
from rag.whole.quotes import Quote, embedded, figures, is_caption
from rag.whole.terms import is_telling, share, side_stems, side_terms, stem, words

MOST_ROWS = 12
_USUAL = 6
"""Rows after which the next must share a word."""
_LONELY = 2
"""Sentences of each side without a counterpart that are shown all the same."""
_TOGETHER = 3
"""Sentences that name all sides at once."""
_PER_SHARED_TERM = 0.12
_MOST_SHARED = 3
_LEAST = 0.35
"""What a pair must have in likeness and shared words to stand in one row."""
_SAME = 0.93
_FEWEST = 4
"""Words of a sentence that says something of what it names."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things, with the sentences about it, the best first."""

    name: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What the sides say on one subject: a quote of each, or None."""

    shared: str
    """The words that they share."""
    quotes: tuple[Quote | None, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Sentences about all sides at once, and rows of those about each."""

    together: tuple[Quote, ...]
    rows: tuple[Row, ...]


def compared(sides: Sequence[Side], embedder: Embedder) -> Compared:
    """Pairs what the sides say."""
    called = [side_terms(side.name) for side in sides]
    together = _together(sides, called)
    said = {quote.text for quote in together}
    apart = [[quote for quote in _once(side.quotes) if quote.text not in said] for side in sides]
    vectors = [embedded(quotes, embedder) for quotes in apart]
    subjects = _Subjects(apart, frozenset().union(*called))
    rows = _rows(apart, vectors, subjects)
    lonely = _lonely(apart, rows)
    return Compared(tuple(together), tuple(rows + lonely))


def _once(quotes: Sequence[Quote]) -> list[Quote]:
    """Of copies the first."""
    return list({quote.text: quote for quote in reversed(quotes)}.values())[::-1]


def _together(sides: Sequence[Side], names: Sequence[frozenset[str]]) -> list[Quote]:
    """Sentences that name every side."""
    found = [
        quote
        for quote in _once([quote for side in sides for quote in side.quotes])
        if all(share(name, side_stems(quote.raw)) > 0.99 for name in names)
    ]
    return found[:_TOGETHER]


class _Subjects:
    """The words of the sentences that say what they are about, but not which side they are about."""

    def __init__(self, apart: Sequence[Sequence[Quote]], names: frozenset[str]) -> None:
        self._names = names
        self._n = sum(map(len, apart))
        self._counts = Counter(word for quotes in apart for quote in quotes for word in self.of(quote))

    def of(self, quote: Quote) -> dict[str, str]:
        """Stem -> the word as it is written there."""
        found = {stem(word): word for word in words(quote.text) if is_telling(word) and not word.isdecimal()}
        return {key: word for key, word in found.items() if key not in self._names and len(key) > 2}

    def shared(self, quotes: Sequence[Quote]) -> list[str]:
        """Words of the first that all of them have, the rarest first."""
        first, *others = [self.of(quote) for quote in quotes]
        most = max(2, self._n // 2)
        keys = [key for key in first if self._counts[key] <= most and all(key in other for other in others)]
        return [first[key] for key in sorted(keys, key=lambda key: (self._counts[key], key))]


def _rows(apart: Sequence[Sequence[Quote]], vectors: Sequence[Vectors], subjects: _Subjects) -> list[Row]:
    """From the best pair of the first two sides on; further sides join the row that they fit."""
    if len(apart[0]) == 0 or len(apart) < 2:
        return []
    free = [set(range(len(quotes))) for quotes in apart]
    rows: list[Row] = []
    while len(rows) < MOST_ROWS:
        best = max(
            ((_fit(apart, vectors, subjects, i, j), i, j) for i in free[0] for j in free[1]), default=(0.0, 0, 0)
        )
        if best[0] < _LEAST:
            break
        if len(rows) >= _USUAL and not subjects.shared((apart[0][best[1]], apart[1][best[2]])):
            break
        free[0].discard(best[1])
        free[1].discard(best[2])
        row: list[Quote | None] = [apart[0][best[1]], apart[1][best[2]]]
        row += [_joining(apart, vectors, free, best[1], side) for side in range(2, len(apart))]
        there = [quote for quote in row if quote is not None]
        rows.append(Row(", ".join(subjects.shared(there)[:_MOST_SHARED]), tuple(row)))
    return rows


def _fit(  # noqa: PLR0917 - a pair by its places
    apart: Sequence[Sequence[Quote]], vectors: Sequence[Vectors], subjects: _Subjects, i: int, j: int
) -> float:
    likeness = float(vectors[0][i] @ vectors[1][j])
    if _is_copy(apart[0][i], apart[1][j], likeness):
        return 0.0  # one sentence in two copies compares nothing
    n = len(subjects.shared((apart[0][i], apart[1][j])))
    return likeness + _PER_SHARED_TERM * min(n, _MOST_SHARED) - 0.01 * (i + j)


def _is_copy(one: Quote, other: Quote, likeness: float) -> bool:
    """Whether two sentences say the same: not where a number differs, or a code, which a vector hardly tells."""
    return likeness >= _SAME and figures(one) == figures(other)


def _joining(  # noqa: PLR0917 - a side by its place
    apart: Sequence[Sequence[Quote]], vectors: Sequence[Vectors], free: list[set[int]], anchor: int, side: int
) -> Quote | None:
    likeness = {k: float(vectors[side][k] @ vectors[0][anchor]) for k in free[side]}
    likeness = {k: like for k, like in likeness.items() if not _is_copy(apart[side][k], apart[0][anchor], like)}
    best = max(likeness, key=lambda k: likeness[k], default=None)
    if best is None or likeness[best] < _LEAST:
        return None
    free[side].discard(best)
    return apart[side][best]


def _lonely(apart: Sequence[Sequence[Quote]], rows: Sequence[Row]) -> list[Row]:
    """The best of each side that stand in no row; beside each other, since nothing but the side tells them apart."""
    used = {quote for row in rows for quote in row.quotes if quote is not None}
    left = [[quote for quote in quotes if quote not in used][:_LONELY] for quotes in apart]
    n = max(map(len, left), default=0) if len(rows) < _USUAL else 0
    return [Row("", tuple(quotes[i] if i < len(quotes) else None for quotes in left)) for i in range(n)]


def best_first(quotes: Sequence[Quote], vectors: Vectors, topic: Vectors, name: frozenset[str], n: int) -> list[Quote]:
    """The n that speak of a side most: by its name in them, and by likeness to what is looked for."""
    if not quotes:
        return []
    met = np.array([share(name, side_stems(quote.raw)) for quote in quotes], np.float32)
    order = np.argsort(-(vectors @ topic + 0.4 * met), kind="stable")
    return [quotes[i] for i in order[:n].tolist()]


def names(quote: Quote, name: frozenset[str]) -> bool:
    """Whether a sentence, and no line of a table and no caption, has the whole name: so it speaks of it, in however few
    words."""
    is_sentence = not quote.text.startswith("|") and not is_caption(quote)
    return is_sentence and len(words(quote.text)) >= _FEWEST and share(name, side_stems(quote.raw)) > 0.99


def is_about(quote: Quote, name: frozenset[str], others: Sequence[frozenset[str]]) -> bool:
    """Whether a sentence, or the headings above it, name this side, and no other one better."""
    found = side_stems(f"{quote.chunk.heading} {quote.raw}")
    mine = share(name, found)
    return mine >= 0.5 and all(mine >= share(other, found) for other in others)
