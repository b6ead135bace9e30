"""Embeds passages of several documents together: alike lengths side by side, a text that they share only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np

from ingest.cutting import Cut
from rag.protocols import Embedder
from rag.types import Vectors

_AT_ONCE = 64
_SIDE_BY_SIDE = 3
"""While one part is waited for the next are under way: no core, and no endpoint, is idle in between."""

Tell = Callable[[Cut, int], None]
"""Told how many of its own passages a document has behind it."""


class Embedding:
    """Threads that embed. One for all batches, since threads are slow to start."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="embed")

    def vectors(self, embedder: Embedder, cuts: Sequence[Cut], tell: Tell) -> list[Vectors]:
        """The vectors [n, dim] of each document. What `tell` raises ends the work."""
        texts = [text for cut in cuts for text in cut.texts]
        different = sorted(set(texts), key=lambda text: (len(text), text))  # so that little is padded
        rows = {text: row for row, text in enumerate(different)}
        found = np.empty((len(different), embedder.dim), dtype=np.float32)
        owners: dict[str, list[int]] = {text: [] for text in different}
        for n, cut in enumerate(cuts):
            for text in cut.texts:
                owners[text].append(n)
        n_done = Counter[int]()
        _tell(cuts, n_done, tell)
        for part, vectors in self._parts(embedder, different):
            found[[rows[text] for text in part]] = vectors
            n_done.update(owner for text in part for owner in owners[text])
            _tell(cuts, n_done, tell)
        return [found[[rows[text] for text in cut.texts]] for cut in cuts]

    def _parts(self, embedder: Embedder, texts: Sequence[str]) -> Iterator[tuple[Sequence[str], Vectors]]:
        """The texts in parts, as soon as each is embedded."""
        parts = [texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]
        pending = {self._pool.submit(embedder.embed_documents, part): part for part in parts}
        try:
            for embedded in as_completed(pending):
                yield pending[embedded], embedded.result()
        finally:
            for left in pending:  # after a failure nobody wants the rest
                left.cancel()


def _tell(cuts: Sequence[Cut], n_done: Counter[int], tell: Tell) -> None:
    for n, cut in enumerate(cuts):
        tell(cut, n_done[n])
