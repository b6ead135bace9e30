"""The bundled model as a reader of question and passage together, as an OpenVINO graph: its embeddings as they are, its
layers trained anew, and two heads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexes.layer_graph import Node
from indexes.minilm_graph import N_LAYERS, MiniLMGraph, weights_of


def compiled(encoder: Path, weights: Path, n_threads: int, *, is_packed: bool, precision: str | None = None) -> Node:
    """A compiled model: token ids int32 [b, t], 1 where one is the passage's float32 [b, t], and mask float32 [b, t]
    -> the logit of relevance [b], and of the answer's first and last piece [b, t, 2].

    `encoder`: the bundled weights; `weights`: those that were trained, named as there. `n_threads`, `is_packed` and
    `precision` as in LayerGraph.
    """
    return _Graph(weights_of(encoder, weights), is_packed=is_packed).build(n_threads, precision)


class _Graph(MiniLMGraph):
    def build(self, n_threads: int, precision: str | None) -> Node:
        op = self.op
        ids = op.parameter([-1, -1], np.int32, name="ids")
        of_passage = op.parameter([-1, -1], np.float32, name="of_passage")
        mask = op.parameter([-1, -1], np.float32, name="mask")
        hidden, bias = self.embeddings(ids, of_passage), self.bias(mask)
        for number in range(N_LAYERS):
            hidden = self.layer(hidden, bias, f"encoder.layer.{number}.")
        first = op.slice(hidden, self.axis(0), self.axis(1), self.axis(1), self.axis(1))
        relevance = op.squeeze(self.linear(first, "relevance"), op.constant(np.array([1, 2])))
        return self.compiled([relevance, self.linear(hidden, "spans")], [ids, of_passage, mask], n_threads, precision)
