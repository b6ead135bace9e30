"""Rows of a list: one for every distinct thing that sentences say about a topic, with all places that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.protocols import Embedder
from rag.types import Vectors
from rag.whole.gathering import Passages
from rag.whole.looking import Formed, Topic
from rag.whole.quotes import Quote, embedded, figures
from rag.whole.terms import is_telling, share, stem, stems, words

MOST_ROWS = 60
_PER_PASSAGE = 8
_FEWEST_WORDS = 5
_MOST_PLACES = 3
"""Places that one row names."""
_SAME_WORDS = 0.8
_SAME_MEANING = 0.93
_WORDS = 0.5
"""How much the topic's words count beside likeness for the order."""


_Told = tuple[frozenset[str], frozenset[str]]
"""The figures of a sentence, and the stems of its words that tell something."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing, and the sentences that say it."""

    quotes: tuple[Quote, ...]
    worth: float


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows by document, the document with the best row first; and how many more there would be."""

    documents: tuple[tuple[Row, ...], ...]
    n_left_out: int


def listed(passages: Passages, topic: Topic, embedder: Embedder) -> Listed:
    """What these passages say about the topic."""
    groups = topic.quotes(passages.chunks, most=_PER_PASSAGE)
    quotes = [quote for group in groups for quote in group if _says_something(quote)]
    rows = embedded(quotes, embedder)
    distinct = _distinct(quotes, rows, topic)
    kept = sorted(distinct, key=lambda row: -row.worth)[:MOST_ROWS]
    return Listed(_by_document(kept), len(distinct) - len(kept))


def listed_by_form(passages: Passages, topic: Formed) -> Listed:
    """The sentences that hold something of the form, in the order of the texts."""
    places: dict[tuple[str, ...], list[Quote]] = {}
    for quote in topic.quotes(passages.chunks):
        places.setdefault(tuple(words(quote.text)), []).append(quote)
    rows = [Row(tuple(quotes[:_MOST_PLACES]), 0.0) for quotes in places.values()]
    return Listed(_by_document(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def _says_something(quote: Quote) -> bool:
    """Not a caption or a scrap: a row of a list or table may be short, a sentence is not."""
    found = words(quote.text)
    return any(map(is_telling, found)) and (quote.is_item or len(found) >= _FEWEST_WORDS)


def _distinct(quotes: Sequence[Quote], vectors: Vectors, topic: Topic) -> list[Row]:
    """The first of each that are said, the best first, with the places of those that say the same."""
    met = np.array([share(topic.terms, stems(quote.raw)) for quote in quotes], np.float32)
    worth = vectors @ topic.vector + _WORDS * met if len(quotes) else met
    groups: dict[object, list[int]] = {}
    firsts: list[int] = []
    told = [(figures(quote), _telling(quote)) for quote in quotes]
    for i in np.argsort(-worth, kind="stable").tolist():
        key: object = tuple(words(quotes[i].text))
        if not quotes[i].is_item:  # in a list each word may tell one from another
            key = next((n for n in firsts if _is_same(told[i], told[n], float(vectors[i] @ vectors[n]))), i)
            firsts += [i] if key == i else []
        groups.setdefault(key, []).append(i)
    return [Row(tuple(quotes[i] for i in own[:_MOST_PLACES]), float(worth[own[0]])) for own in groups.values()]


def _is_same(one: _Told, other: _Told, likeness: float) -> bool:
    if one[0] != other[0]:
        return False
    return likeness >= _SAME_MEANING or len(one[1] & other[1]) >= _SAME_WORDS * max(1, len(one[1] | other[1]))


def _telling(quote: Quote) -> frozenset[str]:
    return frozenset(stem(word) for word in words(quote.text) if is_telling(word))


def _by_document(rows: Sequence[Row]) -> tuple[tuple[Row, ...], ...]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.quotes[0].chunk.document_id, []).append(row)
    return tuple(tuple(sorted(some, key=lambda row: row.quotes[0].start)) for some in found.values())
