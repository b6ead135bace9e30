"""The sentences of passages as they may be quoted, and which of them to quote: near to a middle, unlike each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.lines import ITEM_MARK
from rag.protocols import Embedder
from rag.quoting import readable
from rag.types import Chunk, Vectors
from rag.whole.terms import words

_ITEM = re.compile(rf"\A\s*{ITEM_MARK}\s+")
_HEADING = re.compile(r"\A\s*#{1,6}\s+")
_LETTER = re.compile(r"[^\W\d_]")
_SIGN = re.compile(r"[^\w\s.,;:!?'’\"“”()-]")
_MARKUP = re.compile(r"</?\w+[^>]*>|\w=\"|</|/>|\{\{|\}\}")
_LEANING = re.compile(
    r"(?:this|these|those|that|it|its|they|their|he|she|his|her|such|however|but|and|or|so|also|moreover|furthermore|"
    r"therefore|thus|hence|in addition|for example|for instance|then|here|there|as (?:mentioned|shown|described)|"
    r"figure|table|fig\.|see|note)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS, _MOST_WORDS = 6, 60
_FEWEST_OF_ITEM = 8
_FEWEST_OF_NOTE = 3
_LONG = 4
"""Letters of a word that a title writes with a capital."""
_MOST_CAPITALS = 0.7
"""The share of such words in a sentence; German writes every noun so."""
_STOPS = frozenset(".!?…。！？।")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a passage: the characters `start:end` of its document."""

    chunk: Chunk
    start: int
    end: int

    @property
    def raw(self) -> str:
        """As it stands."""
        return self.chunk.text[self.start - self.chunk.start : self.end - self.chunk.start]

    @property
    def text(self) -> str:
        """On one line, without the mark of a list item or of a heading."""
        return " ".join(_ITEM.sub("", _HEADING.sub("", self.raw, count=1), count=1).split())

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list or a row of a table."""
        return bool(_ITEM.match(self.raw)) or self.raw.lstrip().startswith("|")


def quotes_of(chunk: Chunk) -> list[Quote]:
    """All sentences of a passage but its headings."""
    return [Quote(chunk, chunk.start + start, chunk.start + end) for start, end in readable(chunk)]


def stands_alone(quote: Quote) -> bool:
    """Whether it is a whole sentence in words, and not a row, a formula or a scrap."""
    text = quote.text
    n_words = len(text.split())
    n_letters = len(_LETTER.findall(text))
    is_long = _FEWEST_WORDS <= n_words <= _MOST_WORDS or (n_words < 3 and n_letters > 12)  # scripts without blanks
    is_prose = n_letters > 0.6 * len(text) and len(_SIGN.findall(text)) < 0.06 * len(text) and not _MARKUP.search(text)
    is_ended = text.rstrip("\"'”’)]»")[-1:] in _STOPS or (quote.is_item and n_words >= _FEWEST_OF_ITEM)
    return is_long and is_prose and is_ended and not text.startswith("|")


def is_note(quote: Quote) -> bool:
    """Whether it is an item of a list that is no sentence and says something in a few words: "Roof repair approved"."""
    n_words = len(quote.text.split())
    is_short = _FEWEST_OF_NOTE <= n_words < _FEWEST_OF_ITEM and len(_LETTER.findall(quote.text)) > 0.6 * len(quote.text)
    return bool(_ITEM.match(quote.raw)) and is_short and not _MARKUP.search(quote.text) and not stands_alone(quote)


def is_caption(quote: Quote) -> bool:
    """Whether it is written as what stands below a picture or above a text: without an end, all words of any length in
    capitals or beginning with one."""
    is_open = quote.text.rstrip("\"'”’)]»")[-1:] not in _STOPS
    return is_open and not quote.is_item and _share_of_capitals(quote) == 1


def is_running(quote: Quote) -> bool:
    """Whether it is part of a running text, even if it leads to what follows: no item and no row, and words enough of
    which some are no names."""
    return (
        not quote.is_item and len(quote.text.split()) >= _FEWEST_WORDS and _share_of_capitals(quote) <= _MOST_CAPITALS
    )


def _share_of_capitals(quote: Quote) -> float:
    """Of its words of any length; 1 where it has none."""
    found = [word[0].isupper() for word in quote.text.split() if len(word) >= _LONG and word[0].isalpha()]
    return sum(found) / len(found) if found else 1.0


def leans(quote: Quote) -> bool:
    """Whether it leans on the sentence before it, so that alone it says less."""
    return bool(_LEANING.match(quote.text)) or quote.text[:1].islower()


def figures(quote: Quote) -> frozenset[str]:
    """Its numbers, codes and single capitals, which vectors hardly tell apart."""
    found = words(quote.text)
    single = [word for word in re.findall(r"\b[^\W\d_]\b", quote.text) if word.isupper()]
    return frozenset([*(word for word in found if any(map(str.isdigit, word))), *single])


def embedded(quotes: Sequence[Quote], embedder: Embedder) -> Vectors:
    """A row for each."""
    if not quotes:
        return np.zeros((0, embedder.dim), np.float32)
    return embedder.embed_documents([quote.text for quote in quotes])


def unit(vector: Vectors) -> Vectors:
    """Of length 1; zeros stay."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


def varied(scores: NDArray[np.float32], vectors: Vectors, n: int, *, weight: float, same: float = 0.9) -> list[int]:
    """Maximal marginal relevance (Carbonell and Goldstein, 1998): n places, the best first.

    `weight` is the share of the score against likeness to what was taken; nothing as alike as `same` is taken twice.
    """
    taken: list[int] = []
    likeness = np.full(len(scores), -1.0, dtype=np.float32)
    left = np.ones(len(scores), dtype=bool)
    while len(taken) < n and left.any():
        worth = weight * scores - (1 - weight) * np.maximum(likeness, 0)
        worth[~left] = -np.inf
        best = int(np.argmax(worth))
        taken.append(best)
        likeness = np.maximum(likeness, vectors @ vectors[best])
        left &= likeness < same
        left[best] = False
    return taken
