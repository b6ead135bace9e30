"""This file turns pieces into drafts: overlap in front, and a last check that the embedder can read all of each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ingest.chunkers.run import Piece, Run
from rag.embedding_text import embedding_text, heading_path
from rag.lines import trim
from rag.types import ChunkDraft

_NEAR = 8
"""Tokens; counts of a document and of its slices differ by less where slices are whole words."""


def drafts(run: Run, pieces: Sequence[Piece]) -> list[ChunkDraft]:
    """The drafts of these pieces, none of them above `max_tokens` as it will be embedded."""
    found = []
    for piece in pieces:
        run.at(2, piece.start)
        found += [_draft(run, part) for part in _checked(run, piece)]
    return found


def with_overlap(run: Run, pieces: Sequence[Piece]) -> list[Piece]:
    """Each piece begun earlier by as many whole sentences of the one before it as fit in the overlap."""
    if not run.overlap:
        return list(pieces)
    starts = [start for start, _ in run.sentences]
    extended = list(pieces[:1])
    for before, piece in zip(pieces, pieces[1:], strict=False):
        start = piece.start
        index = bisect_left(starts, start) - 1
        while index >= 0 and starts[index] > before.start and _distance(run, starts[index], piece) <= run.overlap:
            start = starts[index]
            index -= 1
        header = piece.header if piece.header and piece.header[0] < start else None
        extended.append(Piece(start, piece.end, piece.path, header))
    return extended


def _distance(run: Run, start: int, piece: Piece) -> int:
    return run.tokens.count(start, piece.start)


def _checked(run: Run, piece: Piece) -> Iterator[Piece]:
    """The piece, or its halves where a tokenizer finds more tokens in the slice than it did in the whole text."""
    start, end = trim(run.text, piece.start, piece.end)
    piece = Piece(start, end, piece.path, piece.header)
    n_tokens = run.size(piece) + run.lead(piece).n_tokens
    is_safe = n_tokens <= run.max_tokens - _NEAR and run.tokens.is_whole_words(start, end)
    if start == end:
        return
    if is_safe or end - start == 1 or _n_embedded(run, piece) <= run.max_tokens:
        yield piece
        return
    middle = run.tokens.cut(start, end, max(1, run.size(piece) // 2))
    middle = middle if middle < end else (start + end) // 2
    yield from _checked(run, Piece(start, middle, piece.path, piece.header))
    yield from _checked(run, Piece(middle, end, piece.path, piece.header))


def _n_embedded(run: Run, piece: Piece) -> int:
    draft = _draft(run, piece)
    text = run.text[piece.start : piece.end]
    return len(
        run.tokenizer.offsets(embedding_text(run.document.title, heading_path(draft.heading), draft.context, text))
    )


def _draft(run: Run, piece: Piece) -> ChunkDraft:
    lead = run.lead(piece)
    return ChunkDraft(piece.start, piece.end, lead.heading, lead.context)
