"""Whether passages and sentences speak of a topic: by its words without endings, the encoder's vectors, or a form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Embedder
from rag.types import Chunk, Vectors
from rag.whole.announcing import above, announced
from rag.whole.kinds import Form
from rag.whole.quotes import Quote, embedded, quotes_of
from rag.whole.terms import share, stems, terms

_MOST_WORDS_MET = 0.67
"""Share of the topic's words that a passage must hold, next to a likeness of at least `_LIKE`."""
_LIKE = 0.3
_VERY_LIKE = 0.55
"""A likeness that is enough without the words."""
_HALF = 0.5
"""Of the topic's words, which a sentence must hold."""
_MOST_ITEMS = 40
"""Of a passage."""


class Topic:
    """What is looked for."""

    def __init__(self, text: str, embedder: Embedder) -> None:
        self.text = text
        self.terms = terms(text)
        self._embedder = embedder
        self.vector = embedder.embed_query(text)

    def matches(self, chunks: Sequence[Chunk], vectors: Vectors) -> NDArray[np.bool_]:
        """Which passages speak of it: with all of its words, with most of them and alike, or very much alike."""
        met = np.array([share(self.terms, stems(_searched(chunk, self.terms))) for chunk in chunks])
        likeness = vectors @ self.vector
        found = (met > 0.99) | ((met >= _MOST_WORDS_MET) & (likeness >= _LIKE)) | (likeness >= _VERY_LIKE)
        return np.asarray(found, dtype=np.bool_)

    def quotes(self, chunks: Sequence[Chunk], *, most: int) -> list[list[Quote]]:
        """Of each passage the sentences that speak of it: those with its words, else the nearest; at most so many
        beside the items of lists and the rows of tables."""
        sentences = [quotes_of(chunk) for chunk in chunks]
        found = [self._with_words(chunk, some) for chunk, some in zip(chunks, sentences, strict=True)]
        open_ones = [i for i, quotes in enumerate(found) if not quotes]
        for i, best in zip(open_ones, self._nearest([sentences[i] for i in open_ones]), strict=True):
            found[i] = best
        return [_cut(quotes, most) for quotes in found]

    def _with_words(self, chunk: Chunk, quotes: Sequence[Quote]) -> list[Quote]:
        """Sentences that hold as many of the words as any here does, if that is half of them, and what stands below a
        heading or a line that announces them; not that line itself."""
        met = [share(self.terms, stems(quote.raw)) for quote in quotes]
        least = max(_HALF, *met, 0.0)
        told = announced(self.terms, chunk, quotes, least)
        if not told.rows:  # a line below which nothing stands says no more than any other
            least = max(_HALF, *(one for n, one in enumerate(met) if n not in told.names), 0.0)
        return [
            quote
            for n, (quote, one) in enumerate(zip(quotes, met, strict=True))
            if n in told.rows or (one >= least and n not in told.names)
        ]

    def _nearest(self, groups: Sequence[Sequence[Quote]]) -> list[list[Quote]]:
        """Of each group the sentence nearest to the topic."""
        rows = embedded([quote for group in groups for quote in group], self._embedder)
        found: list[list[Quote]] = []
        at = 0
        for group in groups:
            likeness = rows[at : at + len(group)] @ self.vector
            at += len(group)
            found.append([group[int(np.argmax(likeness))]] if len(group) else [])
        return found


class Formed:
    """What is looked for by its form."""

    def __init__(self, form: Form) -> None:
        self._pattern = form.pattern

    def matches(self, chunks: Sequence[Chunk], _vectors: Vectors) -> NDArray[np.bool_]:
        """Which passages hold something of the form."""
        return np.array([bool(self._pattern.search(chunk.text)) for chunk in chunks], dtype=np.bool_)

    def quotes(self, chunks: Sequence[Chunk]) -> list[Quote]:
        """Their sentences that do."""
        return [quote for chunk in chunks for quote in quotes_of(chunk) if self._pattern.search(quote.raw)]


def _searched(chunk: Chunk, topic: frozenset[str]) -> str:
    return "\n".join((*above(chunk, topic), chunk.context, chunk.text))


def _cut(quotes: Sequence[Quote], most: int) -> list[Quote]:
    """So many of those that are no items, and `_MOST_ITEMS` of those that are."""
    left = {True: _MOST_ITEMS, False: most}
    found = []
    for quote in quotes:
        left[quote.is_item] -= 1
        found += [quote] if left[quote.is_item] >= 0 else []
    return found
