"""Hits held against a question: what each word piece finds in the other text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from rag.embedding_text import read_text_of
from rag.interaction import Comparison, Floats, Spans, compare, spans_of
from rag.kept import Kept
from rag.pieces import PieceIds, TokenStates
from rag.protocols import TokenEncoder
from rag.quoting import readable
from rag.types import Chunk, Hit

_KEPT = 64
"""Comparisons that are kept: a few kB each."""


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


def held_against(
    question: str, hits: Sequence[Hit], tokens: TokenEncoder, rarity: Floats
) -> tuple[TokenStates, list[Read]]:
    """The question, and every hit compared with it; what the encoder cuts off is not read."""
    texts = [read_text_of(hit.chunk, question) for hit in hits]
    asked, *states = tokens.encode([question, *texts])
    offsets = [len(text) - len(hit.chunk.text) for hit, text in zip(hits, texts, strict=True)]
    spans = [_readable(hit.chunk, offset, of) for hit, offset, of in zip(hits, offsets, states, strict=True)]
    pieces = [_pieces(own, offset, of) for own, offset, of in zip(spans, offsets, states, strict=True)]
    values = compare(asked, states, pieces, rarity)
    parts = zip(spans, values, states, offsets, pieces, strict=True)
    return asked, [_read(*each) for each in parts]


class Comparisons:
    """Questions held against hits; what was compared a moment ago is not compared again, since what has been reranked
    is read right after. Threads may share it.
    """

    def __init__(self, tokens: TokenEncoder, rarity: Floats, *, n_kept: int = _KEPT) -> None:
        self._tokens = tokens
        self._rarity = rarity
        self._kept: Kept[tuple[str, ...], Read] = Kept(n_kept)

    def keep(self, n: int) -> None:
        """From now on so many, for what asks the same questions again and again."""
        self._kept.keep(n)

    def forget(self) -> None:
        """As `Kept.forget`."""
        self._kept.forget()

    def open(self) -> None:
        """Load the encoder."""
        self._tokens.encode(["open"])

    def of(self, question: str, hits: Sequence[Hit]) -> tuple[TokenStates, list[Read]]:
        """As `held_against`."""
        keys = [(question, read_text_of(hit.chunk, question), hit.chunk.text) for hit in hits]
        found = self._kept.of(dict(zip(keys, hits, strict=True)), partial(self._made, question))
        [asked] = self._tokens.encode([question])
        return asked, [found[key] for key in keys]

    def _made(self, question: str, hits: Sequence[Hit]) -> list[Read]:
        return held_against(question, hits, self._tokens, self._rarity)[1]


def _readable(chunk: Chunk, offset: int, states: TokenStates) -> list[tuple[int, int]]:
    """The spans of its sentences that the encoder has seen."""
    end = int(states.offsets[-1, 1]) if len(states.offsets) else 0
    return [span for span in readable(chunk) if span[0] + offset < end]


def _pieces(spans: Sequence[tuple[int, int]], offset: int, states: TokenStates) -> Spans:
    """The pieces of each sentence; where there is none to quote, all of them."""
    if not spans:
        return np.array([[0, max(1, len(states.ids))]], dtype=np.int64)
    return spans_of(np.array(spans, dtype=np.int64) + offset, states.offsets)


def _read(  # noqa: PLR0917 - a row of five columns
    spans: Sequence[tuple[int, int]], found: Comparison, states: TokenStates, offset: int, pieces: Spans
) -> Read:
    values = found if spans else replace(found, sentences=found.sentences[:0])
    return Read(spans, values, states.ids, states.offsets - offset, pieces[: len(spans)])
