"""The sentence chunker: whole sentences, packed up to the limit."""

from __future__ import annotations

from ingest.chunkers.packing import pack
from ingest.chunkers.refine import refine
from ingest.chunkers.run import Piece, Run


def chunk_sentence(run: Run) -> list[Piece]:
    """Runs of whole sentences; one that is too long alone is cut between words."""
    return pack(run, sentence_pieces(run))


def sentence_pieces(run: Run) -> list[Piece]:
    """One piece for each sentence, more for one above the limit."""
    return [Piece(*part) for span in run.sentences for part in refine(run, span, run.limit)]
