"""Hits held against a question: what each word piece finds in the other text, and what reading both together tells."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.embedding_text import embedding_text
from rag.interaction import Comparison, Floats, compare, matches_of, piece_values, spans_of
from rag.legibility import is_legible
from rag.protocols import JointEncoder, TokenEncoder
from rag.quoting import readable
from rag.types import Chunk, Hit, Together, TokenStates

_KEPT = 64
"""Comparisons that are kept: what was reranked is read right after."""


@dataclass(frozen=True, slots=True)
class Read:
    """A hit held against the question: the spans of its sentences in the chunk's text, and all values."""

    spans: Sequence[tuple[int, int]]
    values: Comparison
    marks: Sequence[tuple[int, int] | None]
    """In each sentence the characters that may answer, in the chunk's text; None where nothing was read jointly."""


class Comparer:
    """Compares questions and passages by their states. Threads may share it.

    A question in a language that the encoder does not know is not read jointly: those values are 0.
    """

    def __init__(self, tokens: TokenEncoder, joint: JointEncoder, rarity: Floats) -> None:
        self._tokens = tokens
        self._joint = joint
        self._rarity = rarity
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Read] = OrderedDict()

    def open(self) -> None:
        """Load the encoders."""
        self.asked("open")
        self._joint.open()

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
        matches = matches_of(asked, states)
        together: Sequence[Together | None] = [None] * len(states)
        if is_legible(asked.offsets):
            values = [piece_values(match, self._rarity[asked.ids]) for match in matches]
            together = self._joint.read(asked, states, values)
        found = zip(chunks.items(), states, matches, together, strict=True)
        return [self._one(asked, chunk, text, of, match, joint) for (text, chunk), of, match, joint in found]

    def _one(  # noqa: PLR0913, PLR0917 - one hit in all its forms
        self, asked: TokenStates, chunk: Chunk, text: str, states: TokenStates, matches: Floats, joint: Together | None
    ) -> Read:
        offset = len(text) - len(chunk.text)
        end = int(states.offsets[-1, 1]) if len(states.offsets) else 0  # what lies behind was cut off
        spans = [span for span in readable(chunk) if span[0] + offset < end]
        pieces = spans_of(np.array(spans, dtype=np.int64).reshape(-1, 2) + offset, states.offsets)
        whole = np.array([[0, max(1, len(states.ids))]], dtype=np.int64)
        found = compare(asked, states, matches, pieces if spans else whole, self._rarity, joint)
        if not spans:
            return Read(spans, replace(found, sentences=found.sentences[:0], answers=found.answers[:0]), ())
        places = [
            (int(states.offsets[a, 0]) - offset, int(states.offsets[b - 1, 1]) - offset) for a, b in found.answers
        ]
        marks = [_whole_words(chunk.text, *place, *span) for place, span in zip(places, spans, strict=False)]
        return Read(spans, found, marks or [None] * len(spans))


def _whole_words(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """The same widened to whole words within `first:last`: pieces may be parts of words."""
    start, end = max(start, first), min(end, last)
    while start > first and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < last and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def text_of(chunk: Chunk) -> str:
    """What the encoder reads of a chunk: its headings, its context, and last its own text."""
    return embedding_text(chunk.title, chunk.heading, chunk.context, chunk.text)
