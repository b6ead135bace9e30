"""all-MiniLM-L6-v2 as an OpenVINO graph, built straight from its weights: whole, or as far as some of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexes.layer_graph import LayerGraph, Node, Weights

N_LAYERS = 6


def compiled(weights: Path, n_threads: int, *, is_packed: bool, precision: str | None = None) -> Node:
    """A compiled model: token ids int32 [b, t] and mask float32 [b, t] -> unit float32 rows [b, 384] of the texts.

    `n_threads`, `is_packed` and `precision` as in LayerGraph.
    """
    return MiniLMGraph(weights_of(weights), is_packed=is_packed).build(n_threads, precision)


def compiled_states(  # noqa: PLR0913
    weights: Path,
    layers: Sequence[int],
    n_threads: int,
    *,
    is_packed: bool,
    precision: str | None = None,
    trained: Path | None = None,
) -> Node:
    """The same inputs -> unit rows [b, t, 384] of every token after each of `layers`, 1 to 6, and no layer above them;
    rows of the padding have no meaning. `trained` as in `weights_of`.
    """
    return MiniLMGraph(weights_of(weights, trained), is_packed=is_packed).build_states(layers, n_threads, precision)


def weights_of(encoder: Path, trained: Path | None = None) -> Weights:
    """The bundled weights, and in the place of some of them those that were `trained`, named as there."""
    from safetensors.numpy import load_file

    own = {name: np.asarray(of, dtype=np.float32) for name, of in load_file(trained).items()} if trained else {}
    return dict(load_file(encoder)) | own


class MiniLMGraph(LayerGraph):
    """The parts of the model."""

    def build(self, n_threads: int, precision: str | None) -> Node:
        """Embeddings, all encoder layers, the mean of the real tokens, length one."""
        op, (inputs, states) = self.op, self._states(N_LAYERS)
        total = op.reduce_sum(op.multiply(states[-1], self.axes(inputs[1], 2)), self.axis(1))
        return self.compiled([self.unit(total)], inputs, n_threads, precision)

    def build_states(self, layers: Sequence[int], n_threads: int, precision: str | None) -> Node:
        """Embeddings and as many layers as it takes, length one."""
        inputs, states = self._states(max(layers))
        return self.compiled([self.unit(states[layer - 1]) for layer in layers], inputs, n_threads, precision)

    def _states(self, n_layers: int) -> tuple[list[Node], list[Node]]:
        """Ids and mask, and what each of the first layers makes of them."""
        ids = self.op.parameter([-1, -1], np.int32, name="ids")
        mask = self.op.parameter([-1, -1], np.float32, name="mask")
        hidden, bias = self.embeddings(ids), self.bias(mask)
        states = []
        for number in range(n_layers):
            hidden = self.layer(hidden, bias, f"encoder.layer.{number}.")
            states.append(hidden)
        return [ids, mask], states

    def embeddings(self, ids: Node, of_second: Node | None = None) -> Node:
        """Rows [b, t, 384] of the pieces; `of_second` float32 [b, t]: 1 where one is of the second of two texts."""
        op = self.op
        words = op.gather(op.constant(self.weights["embeddings.word_embeddings.weight"]), ids, op.constant(0))
        length = op.gather(op.shape_of(ids), self.axis(1), op.constant(0))
        table = op.constant(self.weights["embeddings.position_embeddings.weight"])
        places = op.slice(table, self.axis(0), length, self.axis(1), self.axis(0))
        first, second = self.weights["embeddings.token_type_embeddings.weight"]
        kind = op.constant(first)
        if of_second is not None:
            kind = op.add(kind, op.multiply(self.axes(of_second, 2), op.constant(second - first)))
        return self.norm(op.add(op.add(words, kind), places), "embeddings.LayerNorm")
