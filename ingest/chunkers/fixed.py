"""The fixed chunker: windows of a number of tokens that overlap; the baseline of every comparison."""

from __future__ import annotations

from ingest.chunkers.run import Piece, Run
from rag.lines import trim


def chunk_fixed(run: Run) -> list[Piece]:
    """Windows of `max_tokens` tokens of whole words, `overlap` of which they share with the window before."""
    table = run.tokens
    pieces = []
    start, end = trim(run.text, 0, len(run.text))
    while start < end:
        cut = table.cut(start, end, run.max_tokens)
        pieces.append(Piece(*trim(run.text, start, cut)))
        start = cut if cut == end else _next_start(run, start, cut)
    return pieces


def _next_start(run: Run, start: int, cut: int) -> int:
    """The first word with no more than `overlap` tokens between it and the cut."""
    n_tokens = run.tokens.count(start, cut)
    place = run.tokens.place(start, max(1, n_tokens - run.overlap))
    again = run.tokens.word_after(place)
    return again if start < again < cut else cut
