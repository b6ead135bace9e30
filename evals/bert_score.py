"""BERTScore (Zhang et al., 2020) by the token vectors of the bundled model, without weights by rarity or rescaling.

Published values are of other models; these compare runs with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from indexes.minilm import MiniLM, states_encoder
from indexes.minilm_graph import N_LAYERS
from rag.types import Vectors

_MOST_TOKENS = 256


class BertScore:
    """Loads the model when it is first asked."""

    @cached_property
    def _model(self) -> MiniLM:
        return MiniLM()

    def nearest(self, texts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[float]:
        """F1 of each text to the nearest of its gold answers; an empty text scores 0."""
        different = sorted({*texts, *(answer for row in answers for answer in row)} - {""})
        tokens = dict(zip(different, self._tokens(different), strict=True))
        return [
            max((f1(tokens[text], tokens[answer]) for answer in row if text and answer), default=0.0)
            for text, row in zip(texts, answers, strict=True)
        ]

    def _tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Unit rows of each text's tokens, shape [t, 384], the two that the model adds left out."""
        ids = [row[:_MOST_TOKENS] for row in self._model.tokenizer.ids(texts)]
        return [states[1:-1] for [states] in states_encoder(N_LAYERS, is_packed=False).encode(ids)]


def f1(text: Vectors, answer: Vectors) -> float:
    """Every token is matched with the nearest one of the other side; the harmonic mean of both sides' means."""
    if not len(text) or not len(answer):
        return 0.0
    cosines = text @ answer.T
    precision, recall = float(cosines.max(axis=1).mean()), float(cosines.max(axis=0).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
