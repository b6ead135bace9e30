"""The order of hits after the first of them have been read together with the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.fusion import blend
from rag.types import Hit


def reordered(hits: Sequence[Hit], scores: NDArray[np.float32], weight: float) -> list[Hit]:
    """The first `len(scores)` hits by the blend of these scores with their own, the rest in its order below them.

    The blend lies between the best score of the rest and 1, so that scores still fall from hit to hit.
    """
    first, rest = hits[: len(scores)], hits[len(scores) :]
    blended = blend(np.array([hit.score for hit in first], np.float32), scores, weight)
    floor = rest[0].score if rest else 0.0
    order = np.argsort(-blended, kind="stable")  # equal scores: as the search had them
    return [replace(first[i], score=floor + (1 - floor) * float(blended[i]), origin="reranked") for i in order] + [
        *rest
    ]
