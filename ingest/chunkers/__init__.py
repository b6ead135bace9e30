"""Cuts documents into chunks: five strategies, one promise: nothing is lost and nothing is embedded cut off."""

from __future__ import annotations

from collections.abc import Callable

from ingest.chunkers.finish import drafts, with_overlap
from ingest.chunkers.fixed import chunk_fixed
from ingest.chunkers.packing import merge_fragments
from ingest.chunkers.recursive import chunk_recursive
from ingest.chunkers.run import Embed, Piece, Run, Told
from ingest.chunkers.semantic import chunk_semantic
from ingest.chunkers.sentence import chunk_sentence
from ingest.chunkers.structure import chunk_structure
from ingest.chunkers.token_table import TooLong
from rag.errors import ConfigError
from rag.protocols import Tokenizer
from rag.types import ChunkDraft, Document

CHUNKERS: dict[str, Callable[[Run], list[Piece]]] = {
    "fixed": chunk_fixed,
    "sentence": chunk_sentence,
    "recursive": chunk_recursive,
    "semantic": chunk_semantic,
    "structure": chunk_structure,
}

MIN_TOKENS = 32

__all__ = ["CHUNKERS", "MIN_TOKENS", "TooLong", "chunk"]


def chunk(
    document: Document,
    *,
    strategy: str,
    tokenizer: Tokenizer,
    max_tokens: int,
    overlap: int = 0,
    embed: Embed | None = None,
    most_passages: int | None = None,
    told: Told | None = None,
) -> list[ChunkDraft]:
    """The chunks of a document in order, together all its text that is not blank.

    No chunk has more than `max_tokens` tokens with heading path and context before it (rag/embedding_text.py).
    `overlap` is how many tokens of the chunk before may be repeated. Only `semantic` needs `embed`, which turns texts
    into unit vectors. Raises ConfigError for an unknown strategy or sizes that cannot be used, TooLong for a document
    of more than `most_passages`. `told` hears often how far it is, as (done, total), and may raise.
    """
    if strategy not in CHUNKERS:
        raise ConfigError(f"unknown chunker {strategy!r}; choose from {', '.join(CHUNKERS)}")
    if max_tokens < MIN_TOKENS:
        raise ConfigError(f"chunks of {max_tokens} tokens are too small; use at least {MIN_TOKENS}")
    check_overlap(max_tokens, overlap)
    run = Run(document, tokenizer, max_tokens, overlap, embed, most_passages, told)
    pieces = CHUNKERS[strategy](run)
    if strategy != "fixed":  # whose windows are full and overlap by themselves
        pieces = with_overlap(run, merge_fragments(run, pieces))
    if most_passages is not None and len(pieces) > most_passages:
        raise TooLong(f"more than {most_passages:,} passages")
    return drafts(run, pieces)


def check_overlap(max_tokens: int, overlap: int) -> None:
    """Raises ConfigError for chunks that would hold little but what the one before holds."""
    if not 0 <= overlap <= max_tokens // 2:
        raise ConfigError(
            f"an overlap of {overlap} tokens must be from 0 to half of the {max_tokens} tokens of a chunk"
        )
