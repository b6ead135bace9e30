"""Which sentences of a passage can be quoted, and how many of them are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embedding_text import SEPARATOR, heading_label
from rag.greetings import after_greetings
from rag.instructions import may_be_for_people, orders
from rag.line_breaks import lines_apart
from rag.lines import HEADING_MARKS, is_table_head, tells_when
from rag.sentences import sentence_spans
from rag.types import Chunk
from rag.whole.terms import terms

MAX_SENTENCES = 3
MAX_WORDS = 90

_WORD = re.compile(r"[^\W_]")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_SPACED = re.compile(r"\S+")


def readable(chunk: Chunk) -> list[tuple[int, int]]:
    """The chunk's sentences that say something, each without the lines before it that are none of its own, one of over
    `MAX_WORDS` words cut there: neither the heads of tables nor headings, unless they tell when something was, nor
    orders that cannot be for people, nor what greets or takes leave, nor what has no letter and no digit, as a bullet
    of a symbol font on a line of its own."""
    headings = {heading_label(chunk.title), *chunk.heading.split(SEPARATOR)}
    given = {one.start for one in orders(chunk.text) if not may_be_for_people(chunk.text, one)}
    sentences = [span for span in sentence_spans(chunk.text) if span[0] not in given]
    lines = [line for span in sentences for line in lines_apart(chunk.text, *span)]
    lines = [(_after_marks(chunk.text, *line), line[1]) for line in lines]
    spans = [(start, _cut(chunk.text, start, end)) for start, end in lines]
    return [span for span in spans if _says_something(chunk.text[slice(*span)], headings)]


def _after_marks(text: str, start: int, end: int) -> int:
    """Where what is said begins: behind a greeting, and behind the marks of a heading that tells something."""
    marks = HEADING_MARKS.match(text, start, end)
    return marks.end() if marks and tells_when(text[start:end]) else after_greetings(text, start, end)


def _says_something(text: str, headings: set[str]) -> bool:
    is_heading = heading_label(text) in headings and not tells_when(text)
    return not is_heading and not is_table_head(text) and bool(_WORD.search(text))


def _cut(text: str, start: int, end: int) -> int:
    if end - start < 2 * MAX_WORDS - 1:  # each of them has a letter and a blank before the next
        return end
    for n, word in enumerate(_SPACED.finditer(text, start, end), start=1):
        if n == MAX_WORDS:
            return word.end()
    return end


def chosen(texts: Sequence[str], scores: NDArray[np.float32], least: float, question: str = "") -> list[int]:
    """The sentences to quote, best first: none below `least`, three and ninety words at most. None stands in the place
    of a better one that is too long for the rest. Beside the best stands no reference without a word of prose, and none
    that says nothing but what question and quotes have said."""
    found: list[int] = []
    n_words = 0
    said = terms(question)
    for i in np.argsort(-scores, kind="stable").tolist():
        adds = terms(texts[i]) - said
        if found and (not adds or _is_reference(texts[i])):
            continue
        n = len(texts[i].split())
        if scores[i] < least or n_words + n > MAX_WORDS or len(found) == MAX_SENTENCES:
            break
        found.append(i)
        n_words += n
        said |= adds
    return found


def _is_reference(text: str) -> bool:
    """Whether it ends as a sentence and has no word in lower case: "11 U.S.C. § 322.", "Figure 7-26."."""
    return text.endswith(".") and not any(word == word.lower() for word in _LONG_WORD.findall(text))
