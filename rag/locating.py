"""Where in a passage the words are that answer: the likeliest span of each sentence, by reading question and passage
together, as Devlin et al., "BERT" (2019), do for SQuAD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from rag.comparing import Read
from rag.interaction import Floats, Spans
from rag.kept import Kept
from rag.legibility import is_legible
from rag.pieces import Together, TokenStates
from rag.protocols import JointEncoder
from rag.types import Hit

LONGEST = 30
"""Pieces of an answer."""
_NEVER = np.float32(-1e4)
_KEPT = 64
_POINTS = (".", ",")

_NOTHING: Floats = np.zeros(0, dtype=np.float32)
_NOWHERE: Spans = np.zeros((0, 2), dtype=np.int64)

Mark = tuple[int, int]
"""Characters of the chunk's text."""


@dataclass(frozen=True, slots=True)
class Located:
    """What reading a hit together with the question tells; nought where it was not read so."""

    relevance: float
    """The logit that the passage answers."""
    logits: Floats
    """Of the likeliest answer in each sentence, shape [sentences]."""
    marks: Sequence[Mark | None]
    """That answer."""
    starts: Floats = field(default_factory=lambda: _NOTHING)
    """That an answer starts with a piece, shape [n]."""
    ends: Floats = field(default_factory=lambda: _NOTHING)
    """That it ends with it."""
    places: Spans = field(default_factory=lambda: _NOWHERE)
    """Characters of each piece in the chunk's text, shape [n, 2]."""

    def between(self, first: Mark, last: Mark) -> float:
        """The logit of an answer that starts in one stretch of characters and ends in another; far below any where one
        of them was not read."""
        starts, ends = self.starts[_within(self.places, first)], self.ends[_within(self.places, last)]
        return float(starts.max() + ends.max()) if len(starts) and len(ends) else float(_NEVER)

    @property
    def best(self) -> float:
        """The logit of the likeliest answer of all."""
        return float(self.logits.max()) if len(self.logits) else 0.0


class Locator:
    """Reads hits together with their question. Threads may share it.

    A question in a language that the encoder does not know is not read so.
    """

    def __init__(self, joint: JointEncoder, *, n_kept: int = _KEPT) -> None:
        self._joint = joint
        self._kept: Kept[tuple[bytes, bytes], Together] = Kept(n_kept)

    def keep(self, n: int) -> None:
        """From now on so many, for what asks the same questions again and again."""
        self._kept.keep(n)

    def forget(self) -> None:
        """As `Kept.forget`."""
        self._kept.forget()

    def open(self) -> None:
        """Load the encoder."""
        self._joint.open()

    def locate(self, question: TokenStates, hits: Sequence[Hit], read: Sequence[Read]) -> list[Located]:
        """What `read`, in the order of the hits, adds to what is known of them."""
        if not is_legible(question.offsets):
            return [unread(one) for one in read]
        together = self._together(question, read)
        return [_located(hit.chunk.text, one, of) for hit, one, of in zip(hits, read, together, strict=True)]

    def _together(self, question: TokenStates, read: Sequence[Read]) -> list[Together]:
        keys = [(question.ids.tobytes(), one.ids.tobytes()) for one in read]
        wanted = {key: one.ids for key, one in zip(keys, read, strict=True)}
        found = self._kept.of(wanted, partial(self._joint.read, question.ids))
        return [found[key] for key in keys]


def unread(one: Read) -> Located:
    """Nothing is told."""
    return Located(0.0, np.zeros(len(one.spans), dtype=np.float32), [None] * len(one.spans))


def _located(text: str, read: Read, together: Together) -> Located:
    logits, marks = [], []
    for (start, end), span in zip(read.pieces.tolist(), read.spans, strict=True):
        first, last = together.starts[start:end], together.ends[start:end]
        scores = first[:, None] + sliding_window_view(np.append(last, np.full(LONGEST - 1, _NEVER)), LONGEST)
        at, further = divmod(int(scores.argmax()), LONGEST)
        logits.append(float(scores[at, further]))
        place = int(read.places[start + at, 0]), int(read.places[start + at + further, 1])
        marks.append(_whole_words(text, *place, *span))
    likeliest = np.array(logits, dtype=np.float32)
    return Located(together.relevance, likeliest, marks, together.starts, together.ends, read.places)


def _within(places: Spans, of: Mark) -> NDArray[np.bool_]:
    return np.asarray((places[:, 0] >= of[0]) & (places[:, 1] <= of[1]))


def _whole_words(text: str, start: int, end: int, first: int, last: int) -> Mark | None:
    """The same widened to whole words and numbers within `first:last`: pieces may be parts of them. None where nothing
    of it lies within, since a sentence in signs that the encoder does not know has no piece of its own."""
    start, end = max(start, first), min(end, last)
    if start >= end:
        return None
    while start > first and _goes_on(text, start):
        start -= 1
    while end < last and _goes_on(text, end):
        end += 1
    return start, end


def _goes_on(text: str, at: int) -> bool:
    """Whether a word or a number goes on there: "525.23" does at both sides of its point."""
    before, after = text[at - 1 : at], text[at : at + 1]
    if before in _POINTS or after in _POINTS:
        point = at - 1 if before in _POINTS else at
        return text[max(0, point - 1) : point].isdecimal() and text[point + 1 : point + 2].isdecimal()
    return before.isalnum() and after.isalnum()
