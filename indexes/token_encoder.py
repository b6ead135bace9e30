"""The bundled all-MiniLM-L6-v2 as a TokenEncoder, after two of its lower layers: with the embedder's own weights, or
with those that were trained to tell what answers a question (`training/late.py`).

What a word is beside its neighbours is known there, at half the price of all layers, and what it means for the question
is told by reading both together (`indexes/joint_encoder.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexes.encoder import StatesEncoder
from indexes.minilm import MiniLM, states_encoder, trained_states_encoder, word_pieces
from indexes.word_pieces import WordPieces
from rag.kept import Kept
from rag.pieces import TokenStates

LAYERS = (2, 3)
"""After which the states are taken."""
_KEPT = 64
"""Texts whose states are kept: what was reranked is read right after. 300 kB each at most."""


class MiniLMTokens:
    """States of word pieces by the bundled model, int8 where that is faster. Threads may share it.

    `trained`: weights in the place of its own, loaded when they are first needed, and `sha256` what their file has to
    have; None for what was trained just now. ModelError is raised then where they cannot be used. `is_exact`: all of it
    in float32, which is slower.
    """

    def __init__(
        self, trained: Path | None = None, sha256: str | None = None, *, n_kept: int = _KEPT, is_exact: bool = False
    ) -> None:
        self._trained, self._sha256 = trained, sha256
        self._is_exact = is_exact
        self._kept: Kept[str, TokenStates] = Kept(n_kept)

    def keep(self, n: int) -> None:
        """From now on the states of so many texts, for what asks about the same passages again and again."""
        self._kept.keep(n)

    def forget(self) -> None:
        """As `Kept.forget`."""
        self._kept.forget()

    @property
    def tokenizer(self) -> WordPieces:
        return word_pieces()

    def encode(self, texts: Sequence[str]) -> list[TokenStates]:
        """The states of each text, cut at 254 word pieces; what was asked for a moment ago is not worked out again."""
        found = self._kept.of({text: text for text in texts}, self._made)
        return [found[text] for text in texts]

    def _made(self, texts: Sequence[str]) -> list[TokenStates]:
        pieces = [(ids[: MiniLM.max_tokens], spans[: MiniLM.max_tokens]) for ids, spans in self.tokenizer.pieces(texts)]
        first, last = self.tokenizer.around()
        states = self._encoder().encode([[first, *piece, last] for piece, _ in pieces])
        return [
            TokenStates(np.array(piece, dtype=np.int32), spans, lower[1:-1], upper[1:-1])
            for (piece, spans), (lower, upper) in zip(pieces, states, strict=True)
        ]

    def _encoder(self) -> StatesEncoder:
        if self._trained is None:
            return states_encoder(*LAYERS, is_packed=not self._is_exact, is_exact=self._is_exact)
        return trained_states_encoder(self._trained, self._sha256, *LAYERS, is_exact=self._is_exact)
