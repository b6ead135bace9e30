"""How alike a question and a sentence are, by the vectors of an encoder that knows more texts than our sets have."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rag.interaction import Floats
from rag.types import Vectors

Embed = Callable[[Sequence[str]], Vectors]
"""Unit vectors of texts, shape [n, dim]."""


def likeness(question: str, texts: Sequence[str], embed: Embed) -> Floats:
    """The cosine of each text with the question, shape [n]."""
    asked, *told = embed([question, *texts])
    return np.array([float(vector @ asked) for vector in told], dtype=np.float32)
