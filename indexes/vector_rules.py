"""What every VectorIndex asks of the rows that it is given."""

from __future__ import annotations

import numpy as np

from rag.errors import IndexMismatch
from rag.types import Vectors


def checked(vectors: Vectors, n: int, dim: int) -> None:
    """Raise IndexMismatch unless the rows are [n, dim] and finite."""
    if vectors.shape != (n, dim):
        raise IndexMismatch(f"vectors of shape {vectors.shape} where ({n}, {dim}) is needed: was the embedder changed?")
    if not np.isfinite(vectors).all():
        raise IndexMismatch("a vector holds numbers that are not finite: the embedder is broken")
