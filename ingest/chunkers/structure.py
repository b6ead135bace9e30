"""The structure chunker, the default: follows headings, lists, tables and code, and says where a chunk stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter

from ingest.chunkers.packing import merge, pack
from ingest.chunkers.refine import SPLITTERS, lines, paragraphs, refine
from ingest.chunkers.run import Piece, Run
from rag.embedding_text import heading_label
from rag.lines import Span, trim
from rag.types import Block, Document

_RULE = frozenset("|-:=+ \t")
_MAX_DEPTH = 8


def chunk_structure(run: Run) -> list[Piece]:
    """Blocks kept whole where they fit, packed within their section; small sections of one top section are joined."""
    sections = groupby(_numbered_pieces(run), key=itemgetter(0))
    pieces = [chunk for _, section in sections for chunk in pack(run, [piece for _, piece in section])]
    for depth in range(_MAX_DEPTH, _top_depth(pieces) - 1, -1):  # subsections of one section first
        pieces = merge(run, pieces, partial(_share_section, depth))
    return pieces


def _share_section(depth: int, left: Piece, right: Piece) -> bool:
    return left.path[:depth] == right.path[:depth]


def _top_depth(pieces: list[Piece]) -> int:
    """How many headings tell top sections apart: one more than all share, since a document's title is no section."""
    paths = [piece.path for piece in pieces if piece.path]
    if not paths:
        return 1
    first, last = min(paths), max(paths)
    shared = min(len(first), len(last))
    return 1 + next((n for n in range(shared) if first[n] != last[n]), shared)


def _numbered_pieces(run: Run) -> Iterator[tuple[int, Piece]]:
    """(number of the section, piece); what leads in waits for the text below it and begins its first piece."""
    stack: list[tuple[int, str]] = []
    n_section, waiting = 0, None
    blocks = list(_blocks(run.document))
    for block, following in zip(blocks, [*blocks[1:], None], strict=False):
        run.at(1, block.start)
        start = block.start if waiting is None else waiting
        if block.kind == "heading":
            stack = _below(stack, max(1, block.level), heading_label(run.text[block.start : block.end]))
            n_section += 1
        path = tuple(label for _, label in stack)
        if _leads_in(run, block, following):
            waiting = start
            if run.tokens.count(start, block.end) <= run.limit // 4:
                continue
        waiting = None
        for piece in _block_pieces(run, block, path, start):
            yield n_section, piece
    if waiting is not None:
        yield n_section, Piece(waiting, trim(run.text, 0, len(run.text))[1], path)


def _leads_in(run: Run, block: Block, following: Block | None) -> bool:
    """Whether the block means little without what follows: a heading, `The steps are:`, the caption above a table."""
    if block.kind != "paragraph":
        return block.kind == "heading"
    if run.tokens.count(block.start, block.end) > run.limit // 4 or following is None:
        return False
    last = run.text[block.end - 1]
    return last in ":：" or (following.kind in ("table", "list", "code") and last not in ".!?。")


def _below(stack: list[tuple[int, str]], level: int, label: str) -> list[tuple[int, str]]:
    return [*(above for above in stack if above[0] < level), (level, label)][-_MAX_DEPTH:]


def _blocks(document: Document) -> Iterator[Block]:
    """The document's blocks; text that no block holds comes as paragraphs."""
    at = 0
    for block in document.blocks:
        yield from _loose(document.text, at, block.start)
        start, end = trim(document.text, max(at, block.start), block.end)
        if start < end:
            yield Block(block.kind, start, end, block.level)
        at = max(at, block.end)
    yield from _loose(document.text, at, len(document.text))


def _loose(text: str, start: int, end: int) -> Iterator[Block]:
    for first, last in paragraphs(text[start:end]):
        span = trim(text, start + first, start + last)
        if span[0] < span[1]:
            yield Block("paragraph", *span)


def _block_pieces(run: Run, block: Block, path: tuple[str, ...], start: int) -> Iterator[Piece]:
    """The block's pieces; the first begins at `start`, where its headings are."""
    if run.fits(whole := Piece(start, block.end, path)):
        yield whole
        return
    header = _header(run.text, block) if block.kind == "table" else None
    room = run.room(Piece(block.start, block.end, path, header)) - run.tokens.count(start, block.start)
    spans = list(refine(run, (block.start, block.end), room, SPLITTERS[block.kind]))
    n_first = _n_header_spans(run, spans, header, room) if header else 1
    yield Piece(start, spans[n_first - 1][1], path)
    for first, last in spans[n_first:]:
        yield Piece(first, last, path, header)


def _header(text: str, block: Block) -> Span:
    first, last = next(lines(text[block.start : block.end]))
    return trim(text, block.start + first, block.start + last)


def _n_header_spans(run: Run, spans: list[Span], header: Span, room: int) -> int:
    """How many spans the first piece of a table takes: header row, rule and first row, where they fit together."""
    n_rows = 1 + (len(spans) > 1 and _RULE.issuperset(run.text[slice(*spans[1])]))
    for n in range(min(n_rows + 1, len(spans)), 1, -1):
        if run.tokens.count(header[0], spans[n - 1][1]) <= room:
            return n
    return 1
