"""Transformer layers of BERT's kind as an OpenVINO graph, built straight from their weights: no PyTorch, no conversion.

Attention runs in bfloat16 where the processor multiplies it, else in float32. The two large layers after it, two thirds
of the work, keep their weights as int8 in groups of 64 inputs, and OpenVINO quantises their inputs in the same groups.
Before the first of them, inputs with a wide range are made narrower and their weights wider by the same factor, as in
Xiao et al., "SmoothQuant" (2022); how wide an input is follows from the layer norm in front of it. Together twice as
fast as float32, at a cosine above .999 to it (`python -m evals embedding`); with attention in int8 it falls below.
A text that says one word hundreds of times averages no rounding out: it stays near .997, as in bfloat16 alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes.openvino_quiet import keep_openvino_quiet

_HEADS = 12
DIM = 384
EPSILON = 1e-12
_GROUP = 64
_DEVIATIONS = 3  # of a normalised input that count as its range

Node = Any
"""OpenVINO ships no types: an operation of its graph, or the compiled graph."""

Weights = dict[str, NDArray[np.float32]]


class LayerGraph:
    """What graphs of such layers are put together from; `weights` are named as transformers names them.

    `is_packed`: with int8 where that is faster.
    """

    def __init__(self, weights: Weights, *, is_packed: bool) -> None:
        keep_openvino_quiet()
        from openvino import opset13

        self.op = opset13
        self.weights = weights
        self.is_packed = is_packed

    def compiled(self, outputs: list[Node], inputs: list[Node], n_threads: int, precision: str | None = None) -> Node:
        """It runs `n_threads` requests side by side, each on a thread of its own.

        `precision` of what is not int8: f32 or bf16; None takes bf16 where the processor multiplies it.
        """
        import openvino

        core = openvino.Core()
        fastest = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
        options = {
            "INFERENCE_PRECISION_HINT": precision or fastest,
            "INFERENCE_NUM_THREADS": str(n_threads),
            "NUM_STREAMS": str(n_threads),
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(_GROUP) if self.is_packed else "0",
        }
        return core.compile_model(
            openvino.Model([node.output(0) for node in outputs], inputs, "layers"), "CPU", options
        )

    def bias(self, mask: Node) -> Node:
        """What attention adds to its scores, from a mask float32 [b, t] of what is real."""
        return self.op.multiply(self.op.subtract(self.axes(mask, 1, 1), self.number(1)), self.number(1e9))

    def unit(self, rows: Node) -> Node:
        """Rows of length one."""
        return self.op.normalize_l2(rows, self.axis(-1), EPSILON, "max")

    def layer(self, hidden: Node, bias: Node, name: str) -> Node:
        """Attention and what follows it; `name` is the beginning of the names of its weights."""
        op = self.op
        attended = self.linear(self._attention(hidden, bias, name), name + "attention.output.dense")
        hidden = self.norm(op.add(hidden, attended), name + "attention.output.LayerNorm")
        return self.norm(op.add(hidden, self._feed_forward(hidden, name)), name + "output.LayerNorm")

    def _feed_forward(self, hidden: Node, name: str) -> Node:
        op = self.op
        if not self.is_packed:
            wide = op.gelu(self.linear(hidden, name + "intermediate.dense"), "erf")
            return self.linear(wide, name + "output.dense")
        factor = self._smoothing(name)
        weight, bias = self._weights(name + "intermediate.dense")
        narrower = op.multiply(hidden, op.constant(1 / factor))
        wide = op.gelu(self.product(narrower, self._packed(weight * factor), bias), "erf")
        weight, bias = self._weights(name + "output.dense")
        return self.product(wide, self._packed(weight), bias)

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
        joined = op.split(self.product(hidden, op.constant(weight), offset), op.constant(2), 3)
        query, key, value = (self._heads(part) for part in joined.outputs())
        mixed = op.scaled_dot_product_attention(query, key, value, bias)
        return op.reshape(self._swap(mixed), op.constant(np.array([0, 0, DIM])), True)

    def linear(self, hidden: Node, name: str) -> Node:
        """A product with named weights, and their bias."""
        weight, bias = self._weights(name)
        return self.product(hidden, self.op.constant(weight), bias)

    def product(self, hidden: Node, matrix: Node, bias: NDArray[np.float32]) -> Node:
        """hidden @ matrix.T + bias."""
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

    def norm(self, hidden: Node, name: str) -> Node:
        """Layer norm with named weights."""
        op = self.op
        centred = op.mvn(hidden, self.axis(-1), True, EPSILON, "inside_sqrt")
        scaled = op.multiply(centred, op.constant(self.weights[f"{name}.weight"]))
        return op.add(scaled, op.constant(self.weights[f"{name}.bias"]))

    def _heads(self, hidden: Node) -> Node:
        shape = self.op.constant(np.array([0, 0, _HEADS, DIM // _HEADS]))
        return self._swap(self.op.reshape(hidden, shape, True))

    def _swap(self, tensor: Node) -> Node:
        return self.op.transpose(tensor, self.op.constant(np.array([0, 2, 1, 3])))

    def axes(self, tensor: Node, *axes: int) -> Node:
        """New axes of length one, one after the other."""
        for axis in axes:
            tensor = self.op.unsqueeze(tensor, self.op.constant(axis))
        return tensor

    def axis(self, axis: int) -> Node:
        """An axis, as operations take it."""
        return self.op.constant(np.array([axis]))

    def number(self, number: float) -> Node:
        """A constant."""
        return self.op.constant(np.float32(number))
