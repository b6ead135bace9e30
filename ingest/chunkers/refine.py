"""This file takes a block apart that is too long for a chunk: at rows, items, lines, sentences, and words at last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ingest.chunkers.run import Run
from rag.lines import Span, trim, units
from rag.sentences import sentence_spans
from rag.types import BlockKind

Splitter = Callable[[str], Iterator[Span]]

_BLANK_LINES = re.compile(r"\n[ \t]*\n")
_CELL = re.compile(r"\|?[^|]+|\|")
_LINE = re.compile(r"\S[^\n]*")


def refine(run: Run, span: Span, room: int, splitters: Sequence[Splitter] = ()) -> Iterator[Span]:
    """Trimmed spans with at most `room` tokens each, as coarse as the splitters allow; the last resort is words."""
    if run.tokens.count(*span) <= room:
        yield span
    elif splitters:
        for part in _split(run.text, span, splitters[0]):
            yield from refine(run, part, room, splitters[1:])
    else:
        yield from (trim(run.text, *piece) for piece in run.tokens.words(*span, room))


def _split(text: str, span: Span, splitter: Splitter) -> list[Span]:
    start, end = span
    parts = (trim(text, start + first, start + last) for first, last in splitter(text[start:end]))
    return [(first, last) for first, last in parts if first < last]


def paragraphs(text: str) -> Iterator[Span]:
    """What blank lines part."""
    start = 0
    for match in _BLANK_LINES.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def lines(text: str) -> Iterator[Span]:
    """Lines that are not blank."""
    return (match.span() for match in _LINE.finditer(text))


def items(text: str) -> Iterator[Span]:
    """List items, each with the lines that go on from it."""
    return ((unit.start, unit.end) for unit in units(text))


def cells(text: str) -> Iterator[Span]:
    """Cells of a table row, each with the mark before it."""
    return (match.span() for match in _CELL.finditer(text))


def sentences(text: str) -> Iterator[Span]:
    """Sentences of prose; lines that stand alone are cut only where they are very long."""
    return iter(sentence_spans(text))


SPLITTERS: dict[BlockKind, tuple[Splitter, ...]] = {
    "heading": (sentences,),
    "paragraph": (paragraphs, sentences),
    "list": (items, sentences),
    "table": (lines, cells, sentences),
    "code": (paragraphs, lines),
}
