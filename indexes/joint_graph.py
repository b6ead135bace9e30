"""Two transformer layers that read a question and a passage together, as an OpenVINO graph.

They stand on the bundled encoder's states after its lower layers, which were worked out for each text by itself, as
MacAvaney et al., "Efficient Document Re-Ranking for Transformers by Precomputing Term Representations" (2020), do with
BERT.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexes.layer_graph import DIM, LayerGraph, Node

N_LAYERS = 2


def compiled(weights: Path, n_threads: int, *, is_packed: bool, precision: str | None = None) -> Node:
    """A compiled model of four inputs, all float32: states [b, t, 384], 1 where a piece is the passage's [b, t],
    values of each piece [b, t, m], mask of what is real [b, t] -> the logit of relevance [b], and of the answer's first
    and last piece [b, t, 2].

    `n_threads`, `is_packed` and `precision` as in LayerGraph.
    """
    from safetensors.numpy import load_file

    numbers = {name: np.asarray(values, dtype=np.float32) for name, values in load_file(weights).items()}
    return _Graph(numbers, is_packed=is_packed).build(n_threads, precision)


class _Graph(LayerGraph):
    def build(self, n_threads: int, precision: str | None) -> Node:
        op, n_values = self.op, self.weights["values.weight"].shape[1]
        states = op.parameter([-1, -1, DIM], np.float32, name="states")
        of_passage = op.parameter([-1, -1], np.float32, name="of_passage")
        values = op.parameter([-1, -1, n_values], np.float32, name="values")
        mask = op.parameter([-1, -1], np.float32, name="mask")
        first, second = self.weights["kinds"]
        kind = op.add(op.multiply(self.axes(of_passage, 2), op.constant(second - first)), op.constant(first))
        scaled = op.multiply(states, op.constant(self.weights["scale"]))
        hidden = op.add(op.add(scaled, kind), self.linear(values, "values"))
        hidden, mask_of_all = self._after_whole(hidden, mask)
        for number in range(N_LAYERS):
            hidden = self.layer(hidden, self.bias(mask_of_all), f"layer.{number}.")
        whole, pieces = self._apart(hidden)
        relevance = op.squeeze(self.linear(whole, "relevance"), op.constant(np.array([1, 2])))
        return self.compiled(
            [relevance, self.linear(pieces, "spans")], [states, of_passage, values, mask], n_threads, precision
        )

    def _after_whole(self, hidden: Node, mask: Node) -> tuple[Node, Node]:
        """A row before all others, in which the passage as a whole is judged."""
        op = self.op
        ones = op.add(op.multiply(self._first(mask), self.number(0)), self.number(1))
        row = op.multiply(self.axes(ones, 2), op.constant(self.weights["whole"]))
        return op.concat([row, hidden], 1), op.concat([ones, mask], 1)

    def _first(self, rows: Node) -> Node:
        return self.op.slice(rows, self.axis(0), self.axis(1), self.axis(1), self.axis(1))

    def _apart(self, hidden: Node) -> tuple[Node, Node]:
        rest = self.op.slice(hidden, self.axis(1), self.axis(2**31 - 1), self.axis(1), self.axis(1))
        return self._first(hidden), rest
