"""Hits held against a question: what each word piece finds in the other text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.embedding_text import embedding_text
from rag.interaction import Comparison, Floats, Spans, compare, matches_of, spans_of
from rag.protocols import TokenEncoder
from rag.quoting import readable
from rag.types import Chunk, Hit, PieceIds, TokenStates

_KEPT = 64
"""Comparisons that are kept: what was reranked is read right after."""


@dataclass(frozen=True, slots=True)
class Read:
    """A hit held against the question: the spans of its sentences in the chunk's text, and all values."""

    spans: Sequence[tuple[int, int]]
    values: Comparison
    ids: PieceIds
    """Of all that the encoder read: headings, context, text."""
    places: Spans
    """Characters of each piece in the chunk's text, shape [n, 2]; below 0 where it stands before."""
    pieces: Spans
    """Of each sentence."""


class Comparer:
    """Compares questions and passages by their states. Threads may share it."""

    def __init__(self, tokens: TokenEncoder, rarity: Floats) -> None:
        self._tokens = tokens
        self._rarity = rarity
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Read] = OrderedDict()

    def open(self) -> None:
        """Load the encoder."""
        self.asked("open")

    def asked(self, question: str) -> TokenStates:
        """The states of a question."""
        return self._tokens.encode([question])[0]

    def read(self, question: str, hits: Sequence[Hit]) -> list[Read]:
        """Every hit compared with the question; what the encoder cuts off is not read."""
        texts = [text_of(hit.chunk) for hit in hits]
        with self._lock:
            found = {text: self._kept[question, text] for text in texts if (question, text) in self._kept}
        missing = {text: hit.chunk for text, hit in zip(texts, hits, strict=True) if text not in found}
        found |= dict(zip(missing, self._made(question, missing), strict=True))
        with self._lock:
            for text in texts:
                self._kept[question, text] = found[text]
                self._kept.move_to_end((question, text))
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return [found[text] for text in texts]

    def _made(self, question: str, chunks: dict[str, Chunk]) -> list[Read]:
        if not chunks:
            return []
        asked, *states = self._tokens.encode([question, *chunks])
        found = zip(chunks.items(), states, matches_of(asked, states), strict=True)
        return [self._one(asked, chunk, text, of, match) for (text, chunk), of, match in found]

    def _one(self, asked: TokenStates, chunk: Chunk, text: str, states: TokenStates, matches: Floats) -> Read:  # noqa: PLR0913, PLR0917
        offset = len(text) - len(chunk.text)
        end = int(states.offsets[-1, 1]) if len(states.offsets) else 0  # what lies behind was cut off
        spans = [span for span in readable(chunk) if span[0] + offset < end]
        pieces = spans_of(np.array(spans, dtype=np.int64).reshape(-1, 2) + offset, states.offsets)
        whole = np.array([[0, max(1, len(states.ids))]], dtype=np.int64)
        found = compare(asked, states, matches, pieces if spans else whole, self._rarity)
        values = found if spans else replace(found, sentences=found.sentences[:0])
        return Read(spans, values, states.ids, states.offsets - offset, pieces[: len(spans)])


def text_of(chunk: Chunk) -> str:
    """What the encoder reads of a chunk: its headings, its context, and last its own text."""
    return embedding_text(chunk.title, chunk.heading, chunk.context, chunk.text)
