"""Words that an encoder knows only in pieces: names, codes, slips. What they mean it can but guess, so what decides is
whether they stand in a text as they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag.interaction import Spans
from rag.types import Chunk

_WORD = re.compile(r"\w+")


def in_pieces(text: str, offsets: Spans) -> frozenset[str]:
    """The words that are more than one piece; `offsets`: characters of the pieces of `text`, shape [n, 2]."""
    return frozenset(
        word[0].casefold()
        for word in _WORD.finditer(text)
        if np.count_nonzero((offsets[:, 0] >= word.start()) & (offsets[:, 1] <= word.end())) > 1
    )


def held(words: frozenset[str], chunks: Sequence[Chunk], most: int) -> list[int]:
    """How many of the words stand in each passage or its headings; a word that more than `most` of them hold counts
    nothing, as it does not tell them apart."""
    if not words:
        return [0] * len(chunks)
    texts = [f"{chunk.title} {chunk.heading} {chunk.text}" for chunk in chunks]
    found = [words & {word.casefold() for word in _WORD.findall(text)} for text in texts]
    rare = {word for word in words if sum(word in of for of in found) <= most}
    return [len(of & rare) for of in found]
