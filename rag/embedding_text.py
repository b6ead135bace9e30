"""This file is the one place that says what an embedder and the keyword index read of a chunk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rag.types import Chunk
from rag.whole.terms import stem, stems, terms

SEPARATOR = " > "
_HEAD_LINES = 12
_OPENING = 400
"""Characters of a document's beginning."""
_NAME = re.compile(r"\b[A-ZÀ-ÞŠ-Ž\d][^\W_]*")
_MARKS = re.compile(r"\A#{1,6} | #+\Z| (?:-{2,}|={2,})\Z")


def heading_path(heading: Iterable[str]) -> str:
    """The headings above a chunk on one line, outermost first, as it is shown, stored and embedded."""
    return SEPARATOR.join(heading)


def heading_label(text: str) -> str:
    """The words of a heading on one line, without the marks of Markdown around them."""
    return _MARKS.sub("", " ".join(text.split())).strip("*_` ")[:200].rstrip()


def text_of(chunk: Chunk) -> str:
    """What an embedder reads of a chunk."""
    return embedding_text(chunk.title, chunk.heading, chunk.context, chunk.text)


def read_text_of(chunk: Chunk, question: str) -> str:
    """What a reader reads of a chunk that is held against a question. Names that it asks by, and that stand where the
    document begins, are told above; not all that stands there, or each chunk would seem to have what the first has."""
    text = text_of(chunk)
    wanted = terms(question) - stems(text) if chunk.opening else frozenset()
    names = [word for word in _NAME.findall(chunk.opening) if stem(word.casefold()) in wanted]
    return "\n".join(part for part in (" ".join(dict.fromkeys(names)), text) if part)


@lru_cache(maxsize=1000)
def opening(text: str) -> str:
    """The first words of a text, on one line; the same object for the same text, since every passage of a document that
    an answer keeps has it."""
    line = " ".join(heading_label(line) for line in text.splitlines() if line.strip())
    return line if len(line) <= _OPENING else line[:_OPENING].rsplit(" ", 1)[0]


def embedding_text(title: str, heading: str, context: str, text: str) -> str:
    """Heading path, context lines and text, one below the other; headings that the text opens with are not repeated.

    The title is not read: whether it helps is for a measurement to decide, and then only this function changes.
    """
    del title
    opening = {heading_label(line) for line in text[:2000].split("\n")[:_HEAD_LINES]} if heading else set()
    above = SEPARATOR.join(part for part in heading.split(SEPARATOR) if part not in opening)
    return "\n".join(part for part in (above, context, text) if part)
