"""This file holds what all chunkers share: pieces of a document, and what a piece costs with the lines above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from ingest.chunkers.token_table import TokenTable
from rag.embedding_text import embedding_text, heading_path
from rag.lines import Span
from rag.protocols import Tokenizer
from rag.sentences import sentence_spans
from rag.types import Document, Vectors

Embed = Callable[[Sequence[str]], Vectors]
Told = Callable[[int, int], None]
"""Hears how much is done, and of how much."""

_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk in the making: a trimmed span, the path of its headings, and the header row of the table it goes on."""

    start: int
    end: int
    path: tuple[str, ...] = ()
    header: Span | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """What is embedded before a piece's own text, shortened to a quarter of the tokens of a chunk."""

    heading: tuple[str, ...]
    context: str
    n_tokens: int


@dataclass
class Run:
    """One document on its way through a chunker."""

    document: Document
    tokenizer: Tokenizer
    max_tokens: int
    overlap: int
    embed: Embed | None = None
    most_passages: int | None = None
    told: Told | None = None
    tokens: TokenTable = field(init=False)
    _leads: dict[tuple[tuple[str, ...], Span | None], Lead] = field(default_factory=dict)

    def __post_init__(self) -> None:
        most = None if self.most_passages is None else self.most_passages * self.max_tokens
        self.tokens = TokenTable(self.text, self.tokenizer, most, partial(self.at, 0))

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def limit(self) -> int:
        """Tokens of a chunk before its overlap is put in front of it."""
        return self.max_tokens - self.overlap

    @property
    def fragment(self) -> int:
        """Tokens below which a chunk is too small to be found on its own."""
        return max(20, round(0.12 * self.max_tokens))

    @cached_property
    def sentences(self) -> list[Span]:
        return sentence_spans(self.text)

    def at(self, n: int, place: int) -> None:
        """Tell that the text has been gone through `n` times, of three in all, and once more up to a place: counting
        its tokens, parting it, and looking at every passage once more take about as long as each other."""
        if self.told:
            self.told(n * len(self.text) + place, 3 * len(self.text))

    def lead(self, piece: Piece) -> Lead:
        """The heading path and context of a piece, together at most a quarter of `max_tokens`; a half with the heads of
        a table, without which its rows say little."""
        key = (piece.path, piece.header)
        if key not in self._leads:
            self._leads[key] = self._shortened(*key)
        return self._leads[key]

    def room(self, piece: Piece) -> int:
        """Tokens that fit in a piece besides its lead."""
        return self.limit - self.lead(piece).n_tokens

    def size(self, piece: Piece) -> int:
        """Tokens of the piece's own text."""
        return self.tokens.count(piece.start, piece.end)

    def fits(self, piece: Piece) -> bool:
        return self.size(piece) <= self.room(piece)

    def _shortened(self, path: tuple[str, ...], header: Span | None) -> Lead:
        """Cut a long context behind its last whole cell, then leave out the outermost headings until the rest fits."""
        budget = self.max_tokens // (2 if header else 4)
        context = ""
        if header:
            start, end = header
            cut = self.tokens.cut(start, end, 2 * budget // 3)
            context = self.text[start:cut].rstrip()
            context = context if cut >= end else context[: context.rfind("|") + 1] or context
        heading = path[-_MAX_DEPTH:]
        while True:
            prefix = embedding_text(self.document.title, heading_path(heading), context, "")
            n_tokens = len(self.tokenizer.offsets(prefix)) if prefix else 0
            if n_tokens <= budget or not (heading or context):
                return Lead(heading, context, n_tokens)
            heading, context = (heading[1:], context) if heading else ((), "")
