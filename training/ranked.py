"""Hits in the order in which the product ranks them, so that what it takes for near is what teaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from indexes.late_weights import LATE, read_weights
from indexes.token_encoder import MiniLMTokens
from rag.comparing import held_against
from rag.late_interaction import ranking_rows
from rag.types import Hit

Ranked = Callable[[str, Sequence[Hit]], Sequence[Hit]]
"""Orders the hits of a question, the best first."""


def by_interaction(folder: Path, n_kept: int) -> Ranked:
    """By late interaction as the weights in `folder` rank, without reading together. `n_kept`: passages whose states
    stay in memory. Raises ModelError where they cannot be used."""
    weights, tokens = read_weights(folder), MiniLMTokens(folder / LATE, n_kept=n_kept)

    def ranked(question: str, hits: Sequence[Hit]) -> Sequence[Hit]:
        if not hits:
            return hits
        asked, read = held_against(question, hits, tokens, weights.rarity)
        scores = ranking_rows(hits, read) @ weights.of(asked).ranking
        return [hits[i] for i in np.argsort(-scores, kind="stable").tolist()]

    return ranked
