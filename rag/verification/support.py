"""How likely evidence bears out a claim: every word piece of the claim looks for the nearest one of the evidence.

The values are those of late interaction (rag/interaction.py), with the claim in the question's place; learned weights
(`python -m training support`) make a chance of them. What a claim adds shows in the pieces that are met worst.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from math import exp

import numpy as np

from rag.interaction import PASSAGE_VALUES, Floats, Spans, compare, spans_of
from rag.legibility import is_legible
from rag.pieces import TokenStates
from rag.protocols import TokenEncoder
from rag.sentences import sentence_spans
from rag.whole.terms import share, terms

SUPPORT_VALUES = (
    "lower_rare",
    "upper_rare",
    "lower_worst",
    "upper_worst",
    "upper_sentence",
    "pieces",
)
"""What a claim is judged by; pieces: the logarithm of how many it has, the others as `PASSAGE_VALUES` has them."""
_OF_PASSAGE = [PASSAGE_VALUES.index(name) for name in SUPPORT_VALUES[:-1]]
_BY_CHANCE, _ALL = 0.4, 0.8
"""Shares of a claim's words in the evidence that say nothing, and enough, where the encoder knows the language of
neither: of scripts without blanks words are pairs of letters, many of which any text has."""


class Support:
    """Judges claims by evidence. Threads may share it."""

    def __init__(self, tokens: TokenEncoder, rarity: Floats, weights: Floats) -> None:
        """`rarity`: how much a piece says, by its number. `weights`: of `SUPPORT_VALUES`, and a constant."""
        self._tokens = tokens
        self._rarity = rarity
        self._weights = weights

    def of(self, claims: Sequence[str], texts: Sequence[str]) -> Judged:
        """All of both, read once. Raises ModelError where the encoder cannot be used."""
        return self.beside(texts, claims).of(claims)

    def beside(self, texts: Sequence[str], first: Sequence[str] = ()) -> Beside:
        """These texts, read once for all claims to come; together with the `first` of them, since reading two batches
        one after the other takes longer. Raises as `of`."""
        return Beside(texts, first, self._tokens, self._rarity, self._weights)

    def values(self, claim: str, texts: Sequence[str]) -> Floats:
        """`SUPPORT_VALUES` of a claim by the texts together."""
        return self.of([claim], texts).values(0, range(len(texts)))


class Beside:
    """Texts that may bear claims out."""

    def __init__(
        self, texts: Sequence[str], first: Sequence[str], tokens: TokenEncoder, rarity: Floats, weights: Floats
    ) -> None:
        self.texts, self.rarity, self.weights = texts, rarity, weights
        self.states = tokens.encode([*texts, *first])[: len(texts)]
        self.sentences = [_sentences(text, of) for text, of in zip(texts, self.states, strict=True)]
        self._tokens = tokens

    def of(self, claims: Sequence[str]) -> Judged:
        """These claims beside them. Raises ModelError where the encoder cannot be used."""
        return Judged(claims, self._tokens.encode(claims), self)


class Judged:
    """Claims beside the texts that may bear them out."""

    def __init__(self, claims: Sequence[str], said: Sequence[TokenStates], beside: Beside) -> None:
        self._claims, self._texts = claims, beside.texts
        self._said, self._states = said, beside.states
        self._sentences = beside.sentences
        self._rarity, self._weights = beside.rarity, beside.weights

    def chance(self, claim: int, texts: Sequence[int], without: Collection[str] = ()) -> float:
        """How likely these of the texts bear out this claim, together, 0 to 1. `without`: words of it that they need
        not have."""
        if not texts:
            return 0.0
        if not is_legible(self._said[claim].offsets):
            return self._by_words(claim, texts)
        logit = float(self.values(claim, texts, without) @ self._weights[:-1] + self._weights[-1])
        return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))

    def values(self, claim: int, texts: Sequence[int], without: Collection[str] = ()) -> Floats:
        """`SUPPORT_VALUES`."""
        said = _left(self._said[claim], self._claims[claim], without)
        states = _joined([self._states[n] for n in texts])
        starts = np.cumsum([0, *(len(self._states[n].ids) for n in texts)])
        sentences = np.concatenate([self._sentences[n] + start for n, start in zip(texts, starts, strict=False)])
        [found] = compare(said, [states], [sentences], self._rarity)
        return np.append(found.passage[_OF_PASSAGE], np.float32(np.log(1 + len(said.ids))))

    def _by_words(self, claim: int, texts: Sequence[int]) -> float:
        there = terms("\n".join(self._texts[n] for n in texts))
        found = share(terms(self._claims[claim]), there)
        return max(0.0, min(1.0, (found - _BY_CHANCE) / (_ALL - _BY_CHANCE)))


def _left(states: TokenStates, text: str, without: Collection[str]) -> TokenStates:
    """The pieces that lie in none of these words; all where none would be left."""
    spans = [found.span() for word in without for found in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
    kept = np.array([not any(start < last and first < end for first, last in spans) for start, end in states.offsets])
    if not spans or not kept.any():
        return states
    return TokenStates(*(getattr(states, name)[kept] for name in TokenStates.__slots__))


def _sentences(text: str, states: TokenStates) -> Spans:
    """The pieces of each sentence; of all where there is none."""
    spans = sentence_spans(text) or [(0, len(text))]
    return spans_of(np.array(spans, dtype=np.int64), states.offsets)


def _joined(states: Sequence[TokenStates]) -> TokenStates:
    if len(states) == 1:
        return states[0]
    return TokenStates(*(np.concatenate([getattr(one, name) for one in states]) for name in TokenStates.__slots__))
