"""The bundled all-MiniLM-L6-v2 as a TokenEncoder: the same weights as the embedder's, before they are averaged."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from indexes.minilm import MiniLM, encoder, word_pieces
from indexes.word_pieces import WordPieces
from rag.types import TokenStates

_KEPT = 64
"""Texts whose states are kept: what was reranked is read right after. 300 kB each at most."""


class MiniLMTokens:
    """States of word pieces by the bundled model, int8 where that is faster. Threads may share it."""

    def __init__(self, *, n_kept: int = _KEPT) -> None:
        self._n_kept = n_kept
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, TokenStates] = OrderedDict()

    def keep(self, n: int) -> None:
        """From now on the states of so many texts, for what asks about the same passages again and again."""
        with self._lock:
            self._n_kept = n
            self._shrink()

    @property
    def tokenizer(self) -> WordPieces:
        return word_pieces()

    def encode(self, texts: Sequence[str]) -> list[TokenStates]:
        """The states of each text, cut at 254 word pieces; what was asked for a moment ago is not worked out again."""
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
            missing = list(dict.fromkeys(text for text in texts if text not in found))
        found |= dict(zip(missing, self._made(missing), strict=True))
        with self._lock:
            for text in texts:
                self._kept[text] = found[text]
                self._kept.move_to_end(text)
            self._shrink()
        return [found[text] for text in texts]

    def _shrink(self) -> None:
        while len(self._kept) > self._n_kept:
            self._kept.popitem(last=False)

    def _made(self, texts: Sequence[str]) -> list[TokenStates]:
        pieces = [(ids[: MiniLM.max_tokens], spans[: MiniLM.max_tokens]) for ids, spans in self.tokenizer.pieces(texts)]
        first, last = self.tokenizer.around()
        states = encoder(is_packed=True).states([[first, *piece, last] for piece, _ in pieces])
        return [
            TokenStates(np.array(piece, dtype=np.int32), spans, lower[1:-1], upper[1:-1])
            for (piece, spans), (upper, lower) in zip(pieces, states, strict=True)
        ]
