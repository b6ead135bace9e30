"""Which sentences of a passage can be quoted, and how many of them are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embedding_text import SEPARATOR, heading_label
from rag.instructions import orders
from rag.lines import is_table_head
from rag.sentences import sentence_spans
from rag.types import Chunk

MAX_SENTENCES = 3
MAX_WORDS = 90

_WORD = re.compile(r"[^\W_]")
_SPACED = re.compile(r"\S+")


def readable(chunk: Chunk) -> list[tuple[int, int]]:
    """The chunk's sentences that say something, one of over `MAX_WORDS` words cut there: neither headings nor the heads
    of tables, nor orders to whoever answers, nor what has no letter and no digit, as a bullet of a symbol font on a
    line of its own."""
    headings = {heading_label(chunk.title), *chunk.heading.split(SEPARATOR)}
    spans = [(start, _cut(chunk.text, start, end)) for start, end in sentence_spans(chunk.text)]
    given = {one.start for one in orders(chunk.text)}
    return [span for span in spans if span[0] not in given and _says_something(chunk.text[slice(*span)], headings)]


def _says_something(text: str, headings: set[str]) -> bool:
    return heading_label(text) not in headings and not is_table_head(text) and bool(_WORD.search(text))


def _cut(text: str, start: int, end: int) -> int:
    if end - start < 2 * MAX_WORDS - 1:  # each of them has a letter and a blank before the next
        return end
    for n, word in enumerate(_SPACED.finditer(text, start, end), start=1):
        if n == MAX_WORDS:
            return word.end()
    return end


def chosen(texts: Sequence[str], scores: NDArray[np.float32], least: float) -> list[int]:
    """The sentences to quote, best first: none below `least`, none twice, three and ninety words at most. None stands
    in the place of a better one that is too long for the rest."""
    found: list[int] = []
    n_words = 0
    for i in np.argsort(-scores, kind="stable").tolist():
        n = len(texts[i].split())
        if any(texts[i] == texts[j] for j in found):
            continue
        if scores[i] < least or n_words + n > MAX_WORDS:
            break
        found.append(i)
        n_words += n
        if len(found) == MAX_SENTENCES:
            break
    return found
