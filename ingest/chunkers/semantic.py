"""The semantic chunker: cuts where the meaning of neighbouring sentences changes most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.chunkers.packing import pack
from ingest.chunkers.run import Embed, Piece, Run
from ingest.chunkers.sentence import sentence_pieces
from rag.errors import ConfigError

_PERCENTILE = 90
"""A gap whose distance is above this percentile of the document's gaps is a break."""

_BATCH = 512


def chunk_semantic(run: Run) -> list[Piece]:
    """Sentences between breaks, packed up to the limit; needs `embed`."""
    if run.embed is None:
        raise ConfigError("the semantic chunker needs an embedder; choose another chunker or pass `embed`")
    sentences = sentence_pieces(run)
    if len(sentences) < 3:
        return pack(run, sentences)
    distances = _distances(run, run.embed, sentences)
    breaks = np.flatnonzero(distances > np.percentile(distances, _PERCENTILE)) + 1
    bounds = [0, *breaks.tolist(), len(sentences)]
    return [
        piece for first, last in zip(bounds, bounds[1:], strict=False) for piece in pack(run, sentences[first:last])
    ]


def _distances(run: Run, embed: Embed, sentences: Sequence[Piece]) -> NDArray[np.float32]:
    """Cosine distance across each gap between sentences, shape [n - 1]: the two before it against the two after it."""
    n = len(sentences)
    pairs = [run.text[sentences[max(0, i - 1)].start : sentences[min(i, n - 1)].end] for i in range(n + 1)]
    similarities = []
    vectors = np.empty((0, 0), np.float32)
    for at in range(0, n + 1, _BATCH):
        run.at(1, sentences[min(at, n - 1)].start)
        fresh = embed(pairs[at : at + _BATCH])
        vectors = np.concatenate([vectors[-2:], fresh]) if at else fresh  # no more is kept than the next ones need
        similarities.append(np.einsum("ij,ij->i", vectors[:-2], vectors[2:]))
    return 1 - np.concatenate(similarities)
