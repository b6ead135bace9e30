"""The sentences that stand for the rest: of each part those nearest to its middle, unlike each other, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Embedder
from rag.types import Chunk, Vectors
from rag.whole.gathering import Passages
from rag.whole.parts import Part, parts_of
from rag.whole.quotes import Quote, embedded, is_note, is_running, leans, quotes_of, stands_alone, unit, varied
from rag.whole.terms import is_telling, stem, words

FEWEST, MOST = 3, 14
"""Sentences of a summary."""
_PASSAGES_PER_SENTENCE = 6

_OF_PART, _OF_WHOLE, _OF_WORDS = 0.45, 0.35, 0.2
"""What a sentence's worth consists of: likeness to the middle of its part and of the whole, and common words."""
_FIRST = 0.06
"""For the first sentence of a part, which often says what it is about."""
_LEANS = 0.12
"""Against one that needs the sentence before it."""
_WORTH_AGAINST_LIKENESS = 0.7
_SAME = 0.9
"""Likeness of two sentences that say the same."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The quotes of one part."""

    title: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was chosen, and of how many parts."""

    parts: tuple[Chosen, ...]
    n_parts: int


def length_for(n_passages: int) -> int:
    """How many sentences a text of so many passages is summarised in."""
    return min(MOST, max(FEWEST, FEWEST + n_passages // _PASSAGES_PER_SENTENCE))


def summarised(passages: Passages, embedder: Embedder, topic: Vectors | None = None) -> Summary:
    """The summary of these passages; with a `topic`, of what they say that is near to it."""
    n_sentences = length_for(len(passages.chunks))
    parts, n_parts = parts_of(passages.chunks, n_sentences)
    parts = _of_prose(parts, passages.chunks)
    shares = _shares(parts, max(n_sentences, len(parts)))
    vectors = passages.vectors
    middle = _middle(vectors) if topic is None else unit(_middle(vectors) + 2 * topic)
    candidates = [_candidates(passages, vectors, part, middle, n) for part, n in zip(parts, shares, strict=True)]
    rows = embedded([quote for some in candidates for quote in some], embedder)
    common = _Common(passages)
    found: list[Chosen] = []
    seen: list[Vectors] = []
    at = 0
    for part, n, quotes in zip(parts, shares, candidates, strict=True):
        mine = rows[at : at + len(quotes)]
        at += len(quotes)
        worth = _worth(quotes, mine, _middle(vectors[list(part.at)]), middle, common)
        picked = _picked(
            worth, mine, n + min(n, sum(map(is_note, quotes))), seen
        )  # two notes are as long as a sentence
        seen += [mine[i] for i in picked]
        if picked:
            order = sorted(picked, key=lambda i: (quotes[i].chunk.document_id, quotes[i].start))
            found.append(Chosen(part.title, tuple(quotes[i] for i in order)))
    return Summary(_joined(found), n_parts)


def _of_prose(parts: list[Part], chunks: Sequence[Chunk]) -> list[Part]:
    """Of one document the parts that have running text: a title page and a list of plates say nothing."""
    if len({chunk.document_id for chunk in chunks}) > 1:
        return parts
    return [part for part in parts if any(stands_alone(q) or is_running(q) for q in _sentences(part, chunks))] or parts


def _sentences(part: Part, chunks: Sequence[Chunk]) -> Iterator[Quote]:
    return (quote for at in part.at for quote in quotes_of(chunks[at]))


def _joined(found: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """Stretches without a title are one text."""
    if any(part.title for part in found):
        return tuple(found)
    return (Chosen("", tuple(quote for part in found for quote in part.quotes)),) if found else ()


def _middle(vectors: Vectors) -> Vectors:
    return unit(vectors.mean(axis=0)) if len(vectors) else np.zeros(vectors.shape[1], np.float32)


def _shares(parts: Sequence[Part], n: int) -> list[int]:
    """How many sentences each part gets: one, and of the rest as many as its length allows."""
    total = sum(len(part.at) for part in parts) or 1
    rest = n - len(parts)
    exact = [rest * len(part.at) / total for part in parts]
    shares = [1 + int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: int(exact[i]) - exact[i])
    for i in by_remainder[: n - sum(shares)]:
        shares[i] += 1
    return shares


def _candidates(passages: Passages, vectors: Vectors, part: Part, middle: Vectors, n: int) -> list[Quote]:
    """The sentences of the part's most central passages that can stand alone, and of its first one; where they are too
    few also what its lists say in a few words."""
    places = list(part.at)
    mine = vectors[places]
    central = varied(mine @ unit(_middle(mine) + middle), mine, 2 * n + 2, weight=0.8, same=0.98)
    chosen = sorted({0, *central})
    quotes = [quote for i in chosen for quote in quotes_of(passages.chunks[places[i]])]
    alone = [quote for quote in quotes if stands_alone(quote)]
    if len(alone) >= n:
        return alone
    return [quote for quote in quotes if stands_alone(quote) or is_note(quote)] if alone else quotes[:n]


class _Common:
    """How common a sentence's words are in all that was read (Nenkova and Vanderwende, "SumBasic", 2005)."""

    def __init__(self, passages: Passages) -> None:
        self._counts = Counter(
            stem(word) for chunk in passages.chunks for word in words(chunk.text) if is_telling(word)
        )
        self._most = log(1 + max(self._counts.values(), default=1))

    def of(self, quote: Quote) -> float:
        """0 to 1."""
        found = {stem(word) for word in words(quote.text) if is_telling(word)}
        return sum(log(1 + self._counts[word]) for word in found) / (self._most * len(found)) if found else 0.0


def _worth(
    quotes: Sequence[Quote], rows: Vectors, part: Vectors, whole: Vectors, common: _Common
) -> NDArray[np.float32]:
    worth = _OF_PART * (rows @ part) + _OF_WHOLE * (rows @ whole)
    worth = worth + _OF_WORDS * np.array([common.of(quote) for quote in quotes], np.float32)
    worth = worth - _LEANS * np.array([leans(quote) for quote in quotes], np.float32)
    if len(worth):
        worth[0] += _FIRST
    return np.asarray(worth, dtype=np.float32)


def _picked(worth: NDArray[np.float32], rows: Vectors, n: int, seen: Sequence[Vectors]) -> list[int]:
    """The best that nothing in the parts before says already."""
    likeness = (rows @ np.array(seen).T).max(axis=1) if seen and len(rows) else np.zeros(len(rows), np.float32)
    new = np.flatnonzero(likeness < _SAME)
    worth = worth - (1 - _WORTH_AGAINST_LIKENESS) * np.maximum(likeness, 0)
    return [int(new[i]) for i in varied(worth[new], rows[new], n, weight=_WORTH_AGAINST_LIKENESS, same=_SAME)]
