"""The bundled all-MiniLM-L6-v2 as a TokenEncoder: the same weights as the embedder's, before they are averaged."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from indexes.encoder import Compiled, batches, padded
from indexes.minilm import MiniLM, checked_weights, model_directory
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
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="tokens")
        self._local = threading.local()

    def keep(self, n: int) -> None:
        """From now on the states of so many texts, for what asks about the same passages again and again."""
        self._n_kept = n

    @cached_property
    def tokenizer(self) -> WordPieces:
        return WordPieces(model_directory() / "tokenizer.json")

    @cached_property
    def _graph(self) -> Compiled:
        from indexes.minilm_graph import compiled

        weights = checked_weights(model_directory() / "model.safetensors")
        return compiled(weights, os.cpu_count() or 1, is_packed=True, of_tokens=True)

    def encode(self, texts: Sequence[str]) -> list[TokenStates]:
        """The states of each text, cut at 254 word pieces; what was asked for a moment ago is not worked out again."""
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
            missing = list(dict.fromkeys(text for text in texts if text not in found))
            if missing:
                _ = self._graph
        found |= dict(zip(missing, self._made(missing), strict=True))
        with self._lock:
            for text in texts:
                self._kept[text] = found[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._n_kept:
                self._kept.popitem(last=False)
        return [found[text] for text in texts]

    def _made(self, texts: Sequence[str]) -> list[TokenStates]:
        pieces = [(ids[: MiniLM.max_tokens], spans[: MiniLM.max_tokens]) for ids, spans in self.tokenizer.pieces(texts)]
        first, last = self.tokenizer.around()
        ids = [[first, *piece, last] for piece, _ in pieces]
        made: list[TokenStates | None] = [None] * len(ids)

        def run(part: Sequence[int]) -> None:
            upper, lower = (output.data for output in self._inferred([ids[i] for i in part]))
            for row, i in enumerate(part):
                inner = slice(1, len(ids[i]) - 1)
                made[i] = TokenStates(
                    np.array(pieces[i][0], dtype=np.int32),
                    pieces[i][1],
                    lower[row, inner].copy(),
                    upper[row, inner].copy(),
                )

        list(self._pool.map(run, batches(ids, n_parts=os.cpu_count() or 1)))
        return [states for states in made if states is not None]

    def _inferred(self, ids: Sequence[Sequence[int]]) -> Sequence[Compiled]:
        """Both outputs, valid until this thread asks again."""
        if not hasattr(self._local, "request"):
            self._local.request = self._graph.create_infer_request()
        self._local.request.infer(padded(ids), share_inputs=True)
        return [self._local.request.get_output_tensor(n) for n in (0, 1)]
