"""Where words and tables stand on the pages of a document, deflated for the catalogue."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.boxes import joined_lines
from rag.types import Block, Box, Document, Word

_DIGITS = 4  # of a share of the page: a fifth of a millimetre on A4 is .001


@dataclass(frozen=True, slots=True)
class Layout:
    """One page: the words that were read by OCR, and the tables with a place of their own."""

    words: tuple[Word, ...] = ()
    tables: tuple[Block, ...] = ()

    def places(self, start: int, end: int) -> list[Box]:
        """Where the characters `start:end` of the document stand on the page: the words on each line together, else
        the table that holds them; empty where neither is known."""
        lines = joined_lines(word.box for word in self.words if word.start < end and word.end > start)
        tables = [table.box for table in self.tables if table.box and table.start <= start < table.end]
        return lines or tables[:1]


def pack(document: Document) -> Iterator[tuple[int, bytes]]:
    """(page, blob) for every page of which something is known."""
    places: dict[int, dict[str, list[list[Any]]]] = {}
    for word in document.words:
        places.setdefault(word.page, {}).setdefault("words", []).append(_row(word))
    starts = [page.start for page in document.pages]
    for block in document.blocks:
        if block.kind == "table" and block.box is not None and starts:
            page = document.pages[max(0, bisect_right(starts, block.start) - 1)].number
            places.setdefault(page, {}).setdefault("tables", []).append(_row(block))
    for page, kinds in places.items():
        yield page, zlib.compress(json.dumps(kinds, separators=(",", ":")).encode())


def unpack(blob: bytes | None, page: int) -> Layout:
    """The layout of a page; an empty one for None."""
    kinds = json.loads(zlib.decompress(blob)) if blob else {}
    words = (Word(start, end, page, tuple(box)) for start, end, *box in kinds.get("words", ()))
    tables = (Block("table", start, end, 0, tuple(box)) for start, end, *box in kinds.get("tables", ()))
    return Layout(tuple(words), tuple(tables))


def _row(place: Word | Block) -> list[Any]:
    return [place.start, place.end, *(round(edge, _DIGITS) for edge in place.box or ())]
