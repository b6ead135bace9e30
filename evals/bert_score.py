"""BERTScore (Zhang et al., 2020) by the token vectors of the bundled model, without weights by rarity or rescaling.

Published values are of other models; these compare runs with each other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from indexes.encoder import batches, padded
from indexes.minilm import MiniLM, checked_weights, model_directory
from indexes.minilm_graph import compiled
from rag.types import Vectors

_MOST_TOKENS = 256


class BertScore:
    """Loads the model when it is first asked."""

    @cached_property
    def _graph(self) -> Any:  # noqa: ANN401 - OpenVINO ships no types
        weights = checked_weights(model_directory() / "model.safetensors")
        return compiled(weights, os.cpu_count() or 1, is_packed=False, of_tokens=True)

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
        found: dict[int, Vectors] = {}

        def run(part: Sequence[int]) -> None:
            rows = self._graph.create_infer_request().infer(padded([ids[i] for i in part]))[0]
            for row, i in zip(rows, part, strict=True):
                found[i] = row[1 : len(ids[i]) - 1].copy()

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(run, batches(ids, n_parts=1)))
        return [found[i] for i in range(len(ids))]


def f1(text: Vectors, answer: Vectors) -> float:
    """Every token is matched with the nearest one of the other side; the harmonic mean of both sides' means."""
    if not len(text) or not len(answer):
        return 0.0
    cosines = text @ answer.T
    precision, recall = float(cosines.max(axis=1).mean()), float(cosines.max(axis=0).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
