"""Whether passages and sentences speak of a topic: by its words without endings, the encoder's vectors, or a form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Embedder
from rag.types import Chunk, Vectors
from rag.whole.kinds import Form
from rag.whole.quotes import Quote, embedded, quotes_of
from rag.whole.terms import share, stems, terms

_MOST_WORDS_MET = 0.67
"""Share of the topic's words that a passage must hold, next to a likeness of at least `_LIKE`."""
_LIKE = 0.3
_VERY_LIKE = 0.55
"""A likeness that is enough without the words."""


class Topic:
    """What is looked for."""

    def __init__(self, text: str, embedder: Embedder) -> None:
        self.text = text
        self.terms = terms(text)
        self._embedder = embedder
        self.vector = embedder.embed_query(text)

    def matches(self, chunks: Sequence[Chunk], vectors: Vectors) -> NDArray[np.bool_]:
        """Which passages speak of it: with all of its words, with most of them and alike, or very much alike."""
        met = np.array([share(self.terms, stems(_searched(chunk))) for chunk in chunks])
        likeness = vectors @ self.vector
        found = (met > 0.99) | ((met >= _MOST_WORDS_MET) & (likeness >= _LIKE)) | (likeness >= _VERY_LIKE)
        return np.asarray(found, dtype=np.bool_)

    def quotes(self, chunks: Sequence[Chunk], *, most: int) -> list[list[Quote]]:
        """Of each passage the sentences that speak of it, at most so many: those with its words, else the nearest."""
        sentences = [quotes_of(chunk) for chunk in chunks]
        found = [self._with_words(chunk, some) for chunk, some in zip(chunks, sentences, strict=True)]
        open_ones = [i for i, quotes in enumerate(found) if not quotes]
        for i, best in zip(open_ones, self._nearest([sentences[i] for i in open_ones]), strict=True):
            found[i] = best
        return [quotes[:most] for quotes in found]

    def _with_words(self, chunk: Chunk, quotes: Sequence[Quote]) -> list[Quote]:
        """Sentences that hold as many of the words as any here does, if that is half of them; below a heading or a
        sentence that announces them, the items of a list."""
        met = [share(self.terms, stems(quote.raw)) for quote in quotes]
        above = share(self.terms, stems(f"{_above(chunk)} {chunk.context}"))
        least = max(0.5, max(met, default=0.0))
        found: list[Quote] = []
        is_announced = above > 0.99
        for quote, one in zip(quotes, met, strict=True):
            is_head = quote.text.endswith(":") and not quote.is_item
            if quote.is_item and is_announced or one >= least and not is_head:
                found.append(quote)
            is_announced = one >= least if is_head else is_announced and (quote.is_item or above > 0.99)
        return found

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


def _searched(chunk: Chunk) -> str:
    return "\n".join((_above(chunk), chunk.context, chunk.text))


def _above(chunk: Chunk) -> str:
    """Its headings without the document's title, which stands above every passage alike."""
    return " ".join(part for part in chunk.heading.split(" > ") if part != chunk.title)
