"""Which words of a question stand in a sentence and in its passage: all that tells whether it answers, where an encoder
takes the language apart into single letters, which nearly every passage of it holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.interaction import Floats
from rag.whole.terms import pairs, share, stems, terms

HELD_VALUES = ("held", "passage_held", "pairs_held")
"""Shares of the question's words that the sentence holds, and that its passage does, a word counting the less the more
passages have it; and of its words side by side, those that stand so in the sentence."""


class HeldWords:
    """A question held against the passages that were found for it; `passages`: their texts, with what stands above."""

    def __init__(self, question: str, passages: Sequence[str]) -> None:
        self._pairs = pairs(question)
        self._passages = [stems(passage) for passage in passages]
        self._says = {term: 1 / (1 + sum(term in of for of in self._passages)) for term in terms(question)}

    def of(self, sentence: str, passage: int) -> list[float]:
        """`HELD_VALUES` of a sentence of the passage with this place."""
        own, whole = self._share(stems(sentence)), self._share(self._passages[passage])
        return [own, whole, share(self._pairs, pairs(sentence))]

    def _share(self, found: frozenset[str]) -> float:
        return sum(says for term, says in self._says.items() if term in found) / (sum(self._says.values()) or 1.0)


def not_held(n: int) -> Floats:
    """`HELD_VALUES` of sentences that are judged by their meaning, shape [n, values]."""
    return np.zeros((n, len(HELD_VALUES)), dtype=np.float32)
