"""The trained layers that read a question and a passage together, as a JointEncoder."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes.encoder import Outputs, Part, Runner, batches, rounded
from rag.types import Together, TokenStates

_N_VALUES = 6


class MiniLMJoint:
    """Joint reading over the lower states of MiniLMTokens. Threads may share it."""

    def __init__(self, weights: Path) -> None:
        self._weights = weights
        self._loading = threading.Lock()

    def open(self) -> None:
        """Load the layers."""
        with self._loading:
            _ = self._runner

    @cached_property
    def _runner(self) -> Runner:
        from indexes.joint_graph import compiled

        n_threads = os.cpu_count() or 1
        return Runner(compiled(self._weights, n_threads, is_packed=False), n_threads)

    def read(
        self, question: TokenStates, passages: Sequence[TokenStates], values: Sequence[NDArray[np.float32]]
    ) -> list[Together]:
        """In the order of the passages; a text without word pieces tells nothing."""
        self.open()
        start, found = len(question.ids), dict[int, Together]()
        lengths = [start + len(passage.ids) for passage in passages]

        def take(part: Part, output: Outputs) -> None:
            relevance, spans = output(0), output(1)
            for row, i in enumerate(part):
                ends = spans[row, start : lengths[i]].copy()
                found[i] = Together(float(relevance[row]), ends[:, 0], ends[:, 1])

        def inputs(part: Part) -> list[Any]:
            return inputs_of([(question, passages[i]) for i in part], [values[i] for i in part])

        parts = batches([range(length) for length in lengths], n_parts=self._runner.n_threads)
        self._runner.run(parts, inputs, take)
        return [found[i] for i in range(len(passages))]


def inputs_of(
    pairs: Sequence[tuple[TokenStates, TokenStates]], values: Sequence[NDArray[np.float32]]
) -> list[NDArray[np.float32]]:
    """States, 1 for the pieces of the passage, values and mask of a batch of (question, passage), as the graph takes
    them."""
    n, dim = len(pairs), pairs[0][0].lower.shape[1]
    longest = rounded(max(len(question.ids) + len(passage.ids) for question, passage in pairs))
    states = np.zeros((n, longest, dim), dtype=np.float32)
    of_passage, mask = np.zeros((2, n, longest), dtype=np.float32)
    of_each = np.zeros((n, longest, _N_VALUES), dtype=np.float32)
    for row, ((question, passage), own) in enumerate(zip(pairs, values, strict=True)):
        start, end = len(question.ids), len(question.ids) + len(passage.ids)
        states[row, :start], states[row, start:end] = question.lower, passage.lower
        of_passage[row, start:end], mask[row, :end], of_each[row, :end] = 1, 1, own
    return [states, of_passage, of_each, mask]
