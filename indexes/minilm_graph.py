"""The MiniLM encoder as an OpenVINO graph, built straight from its weights: no PyTorch and no conversion step.

Attention runs in bfloat16 where the processor multiplies it, else in float32. The two large layers after it, two thirds
of the work, keep their weights as int8 in groups of 64 inputs, and OpenVINO quantises their inputs in the same groups.
Before the first of them, inputs with a wide range are made narrower and their weights wider by the same factor, as in
Xiao et al., "SmoothQuant" (2022); how wide an input is follows from the layer norm in front of it. Together twice as
fast as float32, at a cosine above .999 to it (`python -m evals embedding`); with attention in int8 it falls below.
A text that says one word hundreds of times averages no rounding out: it stays near .997, as in bfloat16 alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes.openvino_quiet import keep_openvino_quiet

_LAYERS = 6
LOWER = 4
"""Layers after which the last output is taken."""
_HEADS = 12
_DIM = 384
_EPSILON = 1e-12
_GROUP = 64
_DEVIATIONS = 3  # of a normalised input that count as its range

Node = Any
"""OpenVINO ships no types: an operation of its graph, or the compiled graph."""

Weights = dict[str, NDArray[np.float32]]


def compiled(weights: Path, n_threads: int, *, is_packed: bool, precision: str | None = None) -> Node:
    """A compiled model: token ids int32 [b, t] and mask float32 [b, t] -> unit float32 rows [b, 384] of the texts, and
    [b, t, 384] of every token, after the last layer and after layer `LOWER`; those of the padding have no meaning.

    It runs `n_threads` requests side by side, each on a thread of its own. `is_packed`: with int8 where that is faster.
    `precision` of the rest: f32 or bf16; None takes bf16 where the processor multiplies it.
    """
    keep_openvino_quiet()
    import openvino
    from safetensors.numpy import load_file

    core = openvino.Core()
    fastest = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
    options = {
        "INFERENCE_PRECISION_HINT": precision or fastest,
        "INFERENCE_NUM_THREADS": str(n_threads),
        "NUM_STREAMS": str(n_threads),
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(_GROUP) if is_packed else "0",
    }
    graph = _Graph(load_file(weights), is_packed=is_packed)
    return core.compile_model(graph.build(), "CPU", options)


class _Graph:
    def __init__(self, weights: Weights, *, is_packed: bool) -> None:
        from openvino import opset13

        self.op = opset13
        self.weights = weights
        self.is_packed = is_packed

    def build(self) -> Node:
        """Embeddings, six encoder layers, the mean of the real tokens, length one."""
        import openvino

        op = self.op
        ids = op.parameter([-1, -1], np.int32, name="ids")
        mask = op.parameter([-1, -1], np.float32, name="mask")
        hidden = self._embeddings(ids)
        bias = op.multiply(op.subtract(self._axes(mask, 1, 1), self._number(1)), self._number(1e9))
        states = []
        for layer in range(_LAYERS):
            hidden = self._layer(hidden, bias, f"encoder.layer.{layer}.")
            states.append(hidden)
        total = op.reduce_sum(op.multiply(hidden, self._axes(mask, 2)), self._axis(1))
        rows = [total, hidden, states[LOWER - 1]]
        units = [op.normalize_l2(row, self._axis(-1), _EPSILON, "max").output(0) for row in rows]
        return openvino.Model(units, [ids, mask], "minilm")

    def _layer(self, hidden: Node, bias: Node, name: str) -> Node:
        op = self.op
        attended = self._linear(self._attention(hidden, bias, name), name + "attention.output.dense")
        hidden = self._norm(op.add(hidden, attended), name + "attention.output.LayerNorm")
        return self._norm(op.add(hidden, self._feed_forward(hidden, name)), name + "output.LayerNorm")

    def _feed_forward(self, hidden: Node, name: str) -> Node:
        op = self.op
        if not self.is_packed:
            wide = op.gelu(self._linear(hidden, name + "intermediate.dense"), "erf")
            return self._linear(wide, name + "output.dense")
        factor = self._smoothing(name)
        weight, bias = self._weights(name + "intermediate.dense")
        narrower = op.multiply(hidden, op.constant(1 / factor))
        wide = op.gelu(self._product(narrower, self._packed(weight * factor), bias), "erf")
        weight, bias = self._weights(name + "output.dense")
        return self._product(wide, self._packed(weight), bias)

    def _smoothing(self, name: str) -> NDArray[np.float32]:
        """By how much the inputs of the first layer after attention are narrowed, shape [384]."""
        scale, shift = (self.weights[f"{name}attention.output.LayerNorm.{part}"] for part in ("weight", "bias"))
        inputs = np.abs(shift) + _DEVIATIONS * np.abs(scale)
        outputs = np.abs(self.weights[f"{name}intermediate.dense.weight"]).max(axis=0)
        factor = np.sqrt(inputs / outputs)
        return np.asarray(factor / np.exp(np.log(factor).mean()), dtype=np.float32)

    def _weights(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    def _attention(self, hidden: Node, bias: Node, name: str) -> Node:
        op = self.op
        parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self.weights[f"{part}.weight"] for part in parts])
        offset = np.concatenate([self.weights[f"{part}.bias"] for part in parts])
        joined = op.split(self._product(hidden, op.constant(weight), offset), op.constant(2), 3)
        query, key, value = (self._heads(part) for part in joined.outputs())
        mixed = op.scaled_dot_product_attention(query, key, value, bias)
        return op.reshape(self._swap(mixed), op.constant(np.array([0, 0, _DIM])), True)

    def _embeddings(self, ids: Node) -> Node:
        op = self.op
        words = op.gather(op.constant(self.weights["embeddings.word_embeddings.weight"]), ids, op.constant(0))
        length = op.gather(op.shape_of(ids), self._axis(1), op.constant(0))
        table = op.constant(self.weights["embeddings.position_embeddings.weight"])
        places = op.slice(table, self._axis(0), length, self._axis(1), self._axis(0))
        kind = op.constant(self.weights["embeddings.token_type_embeddings.weight"][0])
        return self._norm(op.add(op.add(words, kind), places), "embeddings.LayerNorm")

    def _linear(self, hidden: Node, name: str) -> Node:
        weight, bias = self._weights(name)
        return self._product(hidden, self.op.constant(weight), bias)

    def _product(self, hidden: Node, matrix: Node, bias: NDArray[np.float32]) -> Node:
        return self.op.add(self.op.matmul(hidden, matrix, False, True), self.op.constant(bias))

    def _packed(self, weight: NDArray[np.float32]) -> Node:
        """int8 with one scale for every group of inputs of every output, in the form that OpenVINO recognises."""
        op = self.op
        n_out, n_in = weight.shape
        groups = weight.reshape(n_out, n_in // _GROUP, _GROUP)
        scale = (np.abs(groups).max(axis=2, keepdims=True) / 127).astype(np.float32)
        packed = np.clip(np.round(groups / np.maximum(scale, 1e-12)), -127, 127).astype(np.int8)
        restored = op.multiply(op.convert(op.constant(packed), "f32"), op.constant(scale))
        return op.reshape(restored, op.constant(np.array([n_out, n_in])), False)

    def _norm(self, hidden: Node, name: str) -> Node:
        op = self.op
        centred = op.mvn(hidden, self._axis(-1), True, _EPSILON, "inside_sqrt")
        scaled = op.multiply(centred, op.constant(self.weights[f"{name}.weight"]))
        return op.add(scaled, op.constant(self.weights[f"{name}.bias"]))

    def _heads(self, hidden: Node) -> Node:
        shape = self.op.constant(np.array([0, 0, _HEADS, _DIM // _HEADS]))
        return self._swap(self.op.reshape(hidden, shape, True))

    def _swap(self, tensor: Node) -> Node:
        return self.op.transpose(tensor, self.op.constant(np.array([0, 2, 1, 3])))

    def _axes(self, tensor: Node, *axes: int) -> Node:
        for axis in axes:
            tensor = self.op.unsqueeze(tensor, self.op.constant(axis))
        return tensor

    def _axis(self, axis: int) -> Node:
        return self.op.constant(np.array([axis]))

    def _number(self, number: float) -> Node:
        return self.op.constant(np.float32(number))
