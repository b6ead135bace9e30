"""Runs a compiled encoder over many texts: alike lengths together, and as many batches side by side as there are cores.

One thread a batch is a tenth faster than all threads on one batch after the other, since nobody waits at the end of
each layer, and it leaves no core idle while another process takes its turn.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.types import Vectors

_MOST_TOKENS = 1024
"""Padded tokens of one batch: larger ones fall out of the cache."""
_FEWEST_TOKENS = 256
"""Smaller batches are not worth a thread of their own."""
_LENGTHS = 8
"""Lengths are rounded up to a multiple of this: the backend keeps memory for every shape that it has seen."""

Compiled = Any  # OpenVINO ships no types
Ids = Sequence[Sequence[int]]


class Encoder:
    """A compiled graph (token ids int32 [b, t], mask float32 [b, t] -> rows [b, dim]). Threads may share it."""

    def __init__(self, compiled: Compiled, dim: int, n_threads: int) -> None:
        self._compiled = compiled
        self._dim = dim
        self._n_threads = n_threads
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="embed")
        self._kept = threading.local()

    def encode(self, ids: Ids) -> Vectors:
        """Rows [len(ids), dim] in the order of `ids`, the token ids of each text."""
        rows = np.empty((len(ids), self._dim), dtype=np.float32)
        parts = batches(ids, n_parts=self._n_threads)

        def run(part: Sequence[int]) -> None:
            rows[part] = self._request().infer(padded([ids[i] for i in part]))[0]

        list(self._pool.map(run, parts))
        return rows

    def _request(self) -> Compiled:
        """One for each thread of the pool."""
        if not hasattr(self._kept, "request"):
            self._kept.request = self._compiled.create_infer_request()
        return self._kept.request


def batches(ids: Ids, n_parts: int) -> list[list[int]]:
    """Row numbers by length, the longest first, in batches of which there are `n_parts` or more where it pays."""
    share = ceil(sum(map(len, ids)) / n_parts)
    limit = min(_MOST_TOKENS, max(_FEWEST_TOKENS, share))
    found: list[list[int]] = []
    for row in sorted(range(len(ids)), key=lambda i: -len(ids[i])):
        if not found or (len(found[-1]) + 1) * len(ids[found[-1][0]]) > limit:
            found.append([])
        found[-1].append(row)
    return found


def padded(ids: Ids) -> list[NDArray[Any]]:
    """Token ids int32 and mask float32, both of shape [len(ids), the longest rounded up]."""
    longest = ceil(max(map(len, ids)) / _LENGTHS) * _LENGTHS
    tokens = np.zeros((len(ids), longest), dtype=np.int32)
    mask = np.zeros((len(ids), longest), dtype=np.float32)
    for row, row_ids in enumerate(ids):
        tokens[row, : len(row_ids)] = row_ids
        mask[row, : len(row_ids)] = 1
    return [tokens, mask]
