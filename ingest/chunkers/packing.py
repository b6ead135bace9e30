"""This file joins small pieces: evenly up to the limit, across sections where that is allowed, fragments always."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

from ingest.chunkers.run import Piece, Run
from ingest.chunkers.token_table import SLACK


def pack(run: Run, pieces: Sequence[Piece]) -> list[Piece]:
    """Join neighbours of one section into chunks of nearly equal size, each within the limit."""
    chunks: list[Piece] = []
    at = 0
    while at < len(pieces):
        n = _n_in_next(run, pieces, at)
        chunks.append(Piece(pieces[at].start, pieces[at + n - 1].end, pieces[at].path, pieces[at].header))
        at += n
    return chunks


def _n_in_next(run: Run, pieces: Sequence[Piece], at: int) -> int:
    """How many pieces from `at` on go into the next chunk: until it is nearest to its fair share of what is left."""
    first = pieces[at]
    room = run.room(first)
    left = run.tokens.count(first.start, pieces[-1].end)
    share = left if left <= room else left / ceil(left / (SLACK * room))
    size = run.size(first)
    for index in range(at + 1, len(pieces)):
        grown = run.tokens.count(first.start, pieces[index].end)
        if grown > room or grown - share > share - size:
            return index - at
        size = grown
    return len(pieces) - at


def merge(run: Run, pieces: Sequence[Piece], may: Callable[[Piece, Piece], bool]) -> list[Piece]:
    """Join neighbours that fit together wherever `may(left, right)` allows it."""
    merged: list[Piece] = []
    for piece in pieces:
        while merged and may(merged[-1], piece) and run.fits(union := joined(merged[-1], piece)):
            merged.pop()
            piece = union  # noqa: PLW2901 - what has grown may grow again
        merged.append(piece)
    return merged


def merge_fragments(run: Run, pieces: Sequence[Piece]) -> list[Piece]:
    """Join what is too small to be found on its own with a neighbour, until no such pair fits together."""

    def has_fragment(left: Piece, right: Piece) -> bool:
        return min(run.size(left), run.size(right)) < run.fragment

    merged = merge(run, pieces, has_fragment)
    # A union has the headings that both sides share: with fewer of them a third piece may fit after all.
    while len(merged) < len(pieces):
        pieces, merged = merged, merge(run, merged, has_fragment)
    return merged


def joined(left: Piece, right: Piece) -> Piece:
    """Both as one; its headings are those that both stand under."""
    n_shared = next((n for n, (a, b) in enumerate(zip(left.path, right.path, strict=False)) if a != b), None)
    path = left.path[: min(len(left.path), len(right.path)) if n_shared is None else n_shared]
    header = right.header if right.header and right.header[0] < left.start else None
    return Piece(left.start, right.end, path, left.header or header)
