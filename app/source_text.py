"""What a reader of a source is shown of its document's text: paragraphs and tables, with passage and quote marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from app.table_rows import Span, cells, head_in, is_rule, unescaped
from rag.types import Citation, Hit, Page

AROUND = 1500
"""Characters shown before and after a passage."""
_LONGEST = 20_000
"""Characters shown of one page."""

Piece = list[str]
"""[kind, words]: what stands `around`, the `passage`, or the `quote`."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The characters `start:end` of a document, with the places of passage and quote in it; offsets are the
    document's, and `text` begins at `offset`."""

    text: str
    start: int
    end: int
    passage: Span
    quote: Span
    offset: int = 0
    context: str = ""
    """The head row of a table whose beginning the text does not hold."""

    def words(self, start: int, end: int) -> str:
        """The characters between two offsets of the document."""
        return self.text[start - self.offset : end - self.offset]

    def pieces(self, start: int, end: int) -> list[Piece]:
        """The characters `start:end`, cut where passage and quote begin and end."""
        inside = [at for at in (*self.passage, *self.quote) if start < at < end]
        edges = sorted({start, end, *inside})
        return [[self._kind(at), self.words(at, to)] for at, to in zip(edges, edges[1:], strict=False)]

    def holds_quote(self, start: int, end: int) -> bool:
        """Whether a quoted word stands between these offsets."""
        return start < self.quote[1] and end > self.quote[0]

    def _kind(self, at: int) -> str:
        if self.quote[0] <= at < self.quote[1]:
            return "quote"
        return "passage" if self.passage[0] <= at < self.passage[1] else "around"


def is_in(text: str, source: Citation | Hit) -> bool:
    """Whether a document's text still holds the passage where it was found."""
    return text[source.chunk.start : source.chunk.end] == source.chunk.text


def quoted(source: Citation | Hit) -> Span:
    """The cited characters; of a hit, which cites nothing, an empty span at its end."""
    return (source.start, source.end) if isinstance(source, Citation) else (source.chunk.end, source.chunk.end)


def extract(
    text: str, source: Citation | Hit, page: Page | None = None, *, around: int = AROUND, first: int = 0
) -> Extract:
    """The passage in its surroundings, or all of a page; the passage alone where the text does not hold it.

    What stands before `first` is shown only where quoted words stand in it.
    """
    chunk = source.chunk
    spans = ((chunk.start, chunk.end), quoted(source))
    if not is_in(text, source):
        return Extract(chunk.text, chunk.start, chunk.end, *spans, chunk.start, chunk.context)
    if page is not None:
        return Extract(text, page.start, _to_end(text, min(page.end, page.start + _LONGEST), page.end), *spans)
    start = _to_start(text, chunk.start - around, chunk.start)
    is_left_out = start < first <= spans[1][0]
    end = _to_end(text, chunk.end + around, len(text))
    return Extract(text[first:], first, end, *spans, first) if is_left_out else Extract(text, start, end, *spans)


def _to_start(text: str, at: int, latest: int) -> int:
    """The beginning of a word, or of a table's row, at or behind which to begin."""
    if at <= 0:
        return 0
    line = text.rfind("\n", 0, at) + 1
    blank = text.find(" ", at, latest)
    return line if text.startswith("|", line) else blank + 1 if blank >= 0 else at


def _to_end(text: str, at: int, last: int) -> int:
    """The end of a word, or of a table's row, at which to end."""
    if at >= last:
        return last
    line, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    blank = text.rfind(" ", 0, at)
    if text.startswith("|", line):
        return last if end < 0 else min(end, last)
    return blank if blank > line else at


Block = dict[str, Any]
"""A paragraph `{kind: text, pieces}`, or a table `{kind: table, head, rows, is_cut}`: a row is `{quoted, cells}`, a
cell a list of pieces; `is_cut`: rows between the head and the first row are left out."""


def parts(shown: Extract) -> list[Block]:
    """Paragraphs and tables in reading order."""
    return [_part(shown, *run) for run in _runs(shown)]


def _part(shown: Extract, start: int, end: int, is_rows: bool) -> Block:
    head = _head(shown, start) if is_rows else ""
    return _table(shown, start, end, head) if head else {"kind": "text", "pieces": shown.pieces(start, end)}


def blocks(shown: Extract) -> list[Block]:
    """The same, with dots where the document goes on."""
    drawn = parts(shown)
    if drawn and shown.start > shown.offset and drawn[0]["kind"] == "text":
        drawn[0]["pieces"].insert(0, ["around", "… "])
    if drawn and shown.end - shown.offset < len(shown.text):
        if drawn[-1]["kind"] != "text":
            drawn.append({"kind": "text", "pieces": []})
        drawn[-1]["pieces"].append(["around", " …"])
    return drawn


def _runs(shown: Extract) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether they look like a table's rows) of lines that follow each other without a blank one."""
    at, lines = shown.start, []
    for line in shown.words(shown.start, shown.end).split("\n"):
        lines.append((at, at + len(line), line.startswith("|") if line.strip() else None))
        at += len(line) + 1
    for is_rows, run in groupby(lines, key=itemgetter(2)):
        spans = list(run)
        if is_rows is not None:
            yield spans[0][0], spans[-1][1], is_rows


def _head(shown: Extract, start: int) -> str:
    """The head row of the table that these lines belong to; empty where they are no table."""
    at = start - shown.offset
    gap = shown.text.rfind("\n\n", 0, at)
    block = 0 if gap < 0 else gap + 2
    first = block if shown.text.startswith("|", block) else shown.text.find("\n|", block) + 1
    head, _, rest = shown.text[first : first + _LONGEST].partition("\n")
    if is_rule(rest.partition("\n")[0]):
        return head
    return head_in(shown.context)


def _table(shown: Extract, start: int, end: int, head: str) -> Block:
    at, has_head = start, False
    rows: list[dict[str, Any]] = []
    for line in shown.words(start, end).split("\n"):
        spans, row_end = cells(line, at), at + len(line)
        if line == head and not rows:
            has_head = True
        elif line.startswith("|") and not is_rule(line):
            pieces = [_unescaped(shown.pieces(*span)) for span in spans]
            rows.append({"quoted": shown.holds_quote(at, row_end), "cells": pieces})
        at = row_end + 1
    names = [unescaped(head[slice(*span)]) for span in cells(head, 0)]
    return {"kind": "table", "head": names, "rows": rows, "is_cut": not has_head}


def _unescaped(pieces: list[Piece]) -> list[Piece]:
    return [[kind, unescaped(words)] for kind, words in pieces if words]
