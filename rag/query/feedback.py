"""Pseudo-relevance feedback: a second search also looks for the rare words of the first one's best passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import log

from rag.protocols import Vocabulary
from rag.query.nouns import Query
from rag.query.words import content_of
from rag.types import Hit

_PASSAGES = 3
_WORDS = 8
_LOOKED_UP = 60
"""Words whose rarity is asked for at most."""


class Feedback:
    """Adds words of the best passages to a query, without a chat model."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def expanded(self, query: Query, hits: Sequence[Hit], allowed: frozenset[str] | None = None) -> Query:
        """The query with up to eight words: those in most of the passages, and in few others of what is `allowed`."""
        said = {word.lower() for word in content_of(query.text)}
        counts = Counter[str]()
        for hit in hits[:_PASSAGES]:
            counts.update({word.lower() for word in content_of(hit.chunk.text)} - said)
        seen = counts.most_common(_LOOKED_UP)
        rarity = {word: n / log(2 + self._vocabulary.count(word, allowed)) for word, n in seen}
        best = sorted(rarity, key=lambda word: (-rarity[word], word))[:_WORDS]
        return replace(query, words=(*query.words, " ".join(best))) if best else query
