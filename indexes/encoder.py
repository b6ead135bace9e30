"""Runs a compiled encoder over many texts: alike lengths together, and as many batches side by side as there are cores.

One thread a batch is a tenth faster than all threads on one batch after the other, since nobody waits at the end of
each layer, and it leaves no core idle while another process takes its turn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
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
_STEP = 16
"""By so many tokens batches may grow until none is too many."""
_LENGTHS = 8
"""Lengths are rounded up to a multiple of this: the backend keeps memory for every shape that it has seen."""

Compiled = Any  # OpenVINO ships no types
Ids = Sequence[Sequence[int]]
Part = Sequence[int]
"""Row numbers that go through the graph together."""
Outputs = Callable[[int], NDArray[np.float32]]
"""An output of the graph by its number."""


class Runner:
    """Runs a compiled graph over batches, one on each of its threads. Threads may share it."""

    def __init__(self, compiled: Compiled, n_threads: int) -> None:
        self._compiled = compiled
        self.n_threads = n_threads
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="encode")
        self._kept = threading.local()

    def run(
        self, parts: Sequence[Part], inputs: Callable[[Part], list[Any]], take: Callable[[Part, Outputs], None]
    ) -> None:
        """Batch by batch, each given by its rows; what `take` is handed holds only until it returns."""

        def one(part: Part) -> None:
            request = self._request()
            request.infer(inputs(part), share_inputs=True, share_outputs=True)
            take(part, lambda number: request.get_output_tensor(number).data)

        list(self._pool.map(one, parts))

    def _request(self) -> Compiled:
        """One for each thread of the pool."""
        if not hasattr(self._kept, "request"):
            self._kept.request = self._compiled.create_infer_request()
        return self._kept.request


class Encoder:
    """A compiled graph (token ids int32 [b, t], mask float32 [b, t] -> rows [b, dim]). Threads may share it."""

    def __init__(self, compiled: Compiled, dim: int, n_threads: int) -> None:
        self._runner = Runner(compiled, n_threads)
        self._dim = dim

    def encode(self, ids: Ids) -> Vectors:
        """Rows [len(ids), dim] in the order of `ids`, the token ids of each text."""
        rows = np.empty((len(ids), self._dim), dtype=np.float32)

        def take(part: Part, output: Outputs) -> None:
            rows[part] = output(0)

        _run(self._runner, ids, take)
        return rows


class StatesEncoder:
    """A compiled graph (token ids int32 [b, t], mask float32 [b, t] -> [b, t, dim] of every token after each of
    `n_layers` layers). Threads may share it.
    """

    def __init__(self, compiled: Compiled, n_layers: int, n_threads: int) -> None:
        self._runner = Runner(compiled, n_threads)
        self._n_layers = n_layers

    def encode(self, ids: Ids) -> list[list[Vectors]]:
        """Rows of every token of each text after each layer, shape [len(ids[i]), dim]."""
        found: dict[int, list[Vectors]] = {}

        def take(part: Part, output: Outputs) -> None:
            layers = [output(number) for number in range(self._n_layers)]
            for row, i in enumerate(part):
                found[i] = [layer[row, : len(ids[i])].copy() for layer in layers]

        _run(self._runner, ids, take)
        return [found[i] for i in range(len(ids))]


def _run(runner: Runner, ids: Ids, take: Callable[[Part, Outputs], None]) -> None:
    runner.run(batches(ids, n_parts=runner.n_threads), lambda part: padded([ids[i] for i in part]), take)


def batches(ids: Ids, n_parts: int) -> list[list[int]]:
    """Row numbers by length, the longest first, in batches of which there are as many for each of `n_parts` threads,
    where it pays and as far as lengths allow: with five alike on two threads, one would do half as much again."""
    n_tokens = sum(map(len, ids))
    rows = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
    n = max(1, ceil(n_tokens / _MOST_TOKENS / n_parts)) * n_parts
    limit = min(_MOST_TOKENS, max(_FEWEST_TOKENS, ceil(n_tokens / n)))
    while len(found := _packed(ids, rows, limit)) > n and limit < _MOST_TOKENS:
        limit = min(_MOST_TOKENS, limit + _STEP)
    return found


def _packed(ids: Ids, rows: Sequence[int], limit: int) -> list[list[int]]:
    """As many rows together as stay below `limit` padded tokens."""
    found: list[list[int]] = []
    for row in rows:
        if not found or (len(found[-1]) + 1) * len(ids[found[-1][0]]) > limit:
            found.append([])
        found[-1].append(row)
    return found


def padded(ids: Ids) -> list[NDArray[Any]]:
    """Token ids int32 and mask float32, both of shape [len(ids), the longest rounded up]."""
    longest = rounded(max(map(len, ids)))
    tokens = np.zeros((len(ids), longest), dtype=np.int32)
    mask = np.zeros((len(ids), longest), dtype=np.float32)
    for row, row_ids in enumerate(ids):
        tokens[row, : len(row_ids)] = row_ids
        mask[row, : len(row_ids)] = 1
    return [tokens, mask]


def rounded(length: int) -> int:
    """Up to the next multiple of which the backend sees few."""
    return ceil(length / _LENGTHS) * _LENGTHS
