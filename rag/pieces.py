"""Texts as an encoder sees them: word pieces with their states, and what reading two texts together tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.types import Vectors

PieceIds = NDArray[np.int32]
"""Numbers of a text's word pieces, shape [n], without special ones."""


@dataclass(frozen=True, slots=True)
class TokenStates:
    """A text as an encoder sees it: its n word pieces, without special ones, after two of the layers.

    A text longer than the encoder's context is cut there.
    """

    ids: PieceIds
    offsets: NDArray[np.int64]
    """Character spans of the word pieces, shape [n, 2]."""
    lower: Vectors
    """Unit rows, shape [n, dim], after a layer in the middle: close to the words."""
    upper: Vectors
    """Unit rows, shape [n, dim], after the last layer: close to the meaning."""


@dataclass(frozen=True, slots=True)
class Together:
    """What reading a question and a passage together tells: logits, comparable between passages of one question."""

    relevance: float
    """That the passage is what is asked for."""
    starts: NDArray[np.float32]
    """That an answer starts with a piece of the passage, shape [n]."""
    ends: NDArray[np.float32]
    """That an answer ends with it, shape [n]."""
