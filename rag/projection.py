"""Many dimensions drawn in two: the plane in which vectors differ most, by principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.types import Vectors

_BESIDE = 14
"""Directions that are followed beside the two, so that these are met exactly."""
_ROUNDS = 8


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
    """The plane of vectors [n, dim]; the same for the same vectors. Fewer than three leave axes of zeros.

    By a randomised search of the leading directions (Halko, Martinsson and Tropp, 2011): a few products of the vectors
    with a handful of columns, where all directions of a long vector would take seconds.
    """
    dim = vectors.shape[1]
    middle = vectors.mean(axis=0) if len(vectors) else np.zeros(dim, np.float32)
    rows = vectors - middle
    whole = float((rows**2).sum())
    if len(vectors) < 3 or whole < 1e-9:
        return Plane(middle, np.zeros((2, dim), np.float32), 0.0)
    width = min(2 + _BESIDE, *rows.shape)
    found = np.random.default_rng(0).standard_normal((rows.shape[1], width)).astype(np.float32)
    for _ in range(_ROUNDS):
        found = np.linalg.qr(rows.T @ (rows @ found))[0]
    within = (rows @ found).astype(np.float64)
    squares, turned = np.linalg.eigh(within.T @ within)  # ascending
    axes = (turned[:, :-3:-1].T @ found.T).astype(np.float32)
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])  # else a plane is as right as its mirror
    return Plane(middle, axes * signs[:, None], float(squares[-2:].sum()) / whole)
