"""The trained reader of question and passage together, as a JointEncoder."""

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
from indexes.minilm import checked_trained, checked_weights, model_directory, word_pieces
from rag.pieces import PieceIds, Together

LONGEST_QUESTION = 64
"""Pieces of a question that are read: with the longest passage they stay within the model's 512."""
_MARKUP = "$*`~^|\\{}[]"
"""Signs that are left out of a question: it learned from questions without them, and would take it for another one."""


class MiniLMJoint:
    """Joint reading by the bundled model's embeddings and trained layers. Threads may share it.

    `sha256`: what the file of weights has to have; None for weights that were trained just now. `is_exact`: all of it
    in float32, which is slower.
    """

    def __init__(self, weights: Path, sha256: str | None = None, *, is_exact: bool = False) -> None:
        self._weights = weights
        self._sha256 = sha256
        self._is_exact = is_exact
        self._loading = threading.Lock()

    def open(self) -> None:
        """Load the model. Raises ModelError where its weights cannot be used."""
        with self._loading:
            _ = self._runner

    @cached_property
    def _runner(self) -> Runner:
        from indexes.joint_graph import compiled

        n_threads, weights = os.cpu_count() or 1, checked_trained(self._weights, self._sha256)
        encoder = checked_weights(model_directory() / "model.safetensors")
        precision = "f32" if self._is_exact else None
        graph = compiled(encoder, weights, n_threads, is_packed=not self._is_exact, precision=precision)
        return Runner(graph, n_threads)

    @cached_property
    def _around(self) -> tuple[int, int]:
        return word_pieces().around()

    @cached_property
    def _markup(self) -> list[int]:
        return [number for ids, _ in word_pieces().pieces(list(_MARKUP)) for number in ids]

    def read(self, question: PieceIds, passages: Sequence[PieceIds]) -> list[Together]:
        """In the order of the passages; a text without word pieces tells nothing."""
        self.open()
        question = question[~np.isin(question, self._markup)]
        rows = [joined(question, passage, self._around) for passage in passages]
        start, found = start_of_passage(question), dict[int, Together]()

        def take(part: Part, output: Outputs) -> None:
            relevance, spans = output(0), output(1)
            for row, i in enumerate(part):
                ends = spans[row, start : start + len(passages[i])].copy()
                found[i] = Together(float(relevance[row]), ends[:, 0], ends[:, 1])

        parts = batches(rows, n_parts=self._runner.n_threads)
        self._runner.run(parts, lambda part: inputs_of([rows[i] for i in part], start), take)
        return [found[i] for i in range(len(passages))]


def joined(question: PieceIds, passage: PieceIds, around: tuple[int, int]) -> list[int]:
    """Numbers of the pieces of both as one text, with special ones around each."""
    first, last = around
    return [first, *question[:LONGEST_QUESTION].tolist(), last, *passage.tolist(), last]


def start_of_passage(question: PieceIds) -> int:
    """The place of the passage's first piece in what `joined` makes."""
    return min(len(question), LONGEST_QUESTION) + 2


def inputs_of(rows: Sequence[Sequence[int]], start: int) -> list[NDArray[Any]]:
    """Ids, 1 from the passage on, which starts at `start`, and mask of joined texts, as the graph takes them."""
    longest = rounded(max(map(len, rows)))
    ids = np.zeros((len(rows), longest), dtype=np.int32)
    of_passage, mask = np.zeros((2, len(rows), longest), dtype=np.float32)
    for row, own in enumerate(rows):
        ids[row, : len(own)] = own
        of_passage[row, start : len(own)], mask[row, : len(own)] = 1, 1
    return [ids, of_passage, mask]
