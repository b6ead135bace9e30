"""Many dimensions drawn in two: the plane in which vectors differ most, by principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.types import Vectors


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane through the middle of some vectors in which they differ most."""

    middle: NDArray[np.float32]
    """Shape [dim]."""
    axes: NDArray[np.float32]
    """Two unit rows at right angles, shape [2, dim]."""
    share: float
    """How much of all that the vectors differ by lies in it, 0 to 1."""

    def places(self, vectors: Vectors) -> NDArray[np.float32]:
        """Where vectors [n, dim] lie in it, shape [n, 2]."""
        return ((vectors - self.middle) @ self.axes.T).astype(np.float32)


def plane_of(vectors: Vectors) -> Plane:
    """The plane of vectors [n, dim]; the same for the same vectors. Fewer than three leave axes of zeros."""
    from scipy.sparse.linalg import svds  # a tenth of a second, for whoever opens a map

    middle = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], np.float32)
    rows = vectors - middle
    whole = float((rows**2).sum())
    if len(vectors) < 3 or whole < 1e-9:
        return Plane(middle, np.zeros((2, vectors.shape[1]), np.float32), 0.0)
    _, lengths, found = svds(rows, k=2, rng=0)
    axes = found[::-1]  # the greatest difference first
    signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])  # else a plane is as right as its mirror
    return Plane(middle, axes * signs[:, None], float((lengths**2).sum()) / whole)
