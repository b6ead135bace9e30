"""The bundled encoder in PyTorch, as far as it is trained: its embeddings as they are, its lower layers or all of them.

`indexes/minilm_graph.py` runs what is learned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

DIM, _HEADS, _WIDE = 384, 12, 1536
_PIECE = DIM // _HEADS
_DROPPED = 0.1
_PARTS = ("query", "key", "value")


class Layer(nn.Module):  # type: ignore[misc]  # torch is not read by mypy
    """Attention and what follows it, over rows that were packed without padding.

    Attention is written out: on a CPU its backward pass is four times as fast as that of PyTorch's own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.joined = nn.Linear(DIM, 3 * DIM)
        self.mixed = nn.Linear(DIM, DIM)
        self.wide = nn.Linear(DIM, _WIDE)
        self.narrow = nn.Linear(_WIDE, DIM)
        self.after_mixed = nn.LayerNorm(DIM, eps=1e-12)
        self.after_narrow = nn.LayerNorm(DIM, eps=1e-12)
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, rows: Tensor, places: Tensor, bias: Tensor) -> Tensor:
        """`places`: of the rows [n, 384] among the padded ones, b * t of them; `bias` [b, 1, 1, t]."""
        b, t = bias.shape[0], bias.shape[3]
        joined = self.joined(rows)
        padded = joined.new_zeros(b * t, 3 * DIM).index_copy(0, places, joined)
        parts = padded.view(b, t, 3, _HEADS, _PIECE).permute(2, 0, 3, 1, 4).reshape(3, b * _HEADS, t, _PIECE)
        wide_bias = bias.to(joined.dtype).expand(b, _HEADS, 1, t).reshape(b * _HEADS, 1, t)
        scores = torch.baddbmm(wide_bias, parts[0], parts[1].transpose(1, 2), alpha=_PIECE**-0.5)
        mixed = (torch.softmax(scores, -1, dtype=scores.dtype) @ parts[2]).view(b, _HEADS, t, _PIECE)
        rows = self.after_mixed(rows + self.mixed(mixed.transpose(1, 2).reshape(b * t, DIM)[places]))
        after: Tensor = self.after_narrow(rows + self.drop(self.narrow(F.gelu(self.wide(rows)))))
        return after


class Layers(nn.Module):  # type: ignore[misc]
    """The embeddings, and `n` layers to be trained."""

    def __init__(self, encoder: Path, n: int, start: Path | None = None) -> None:
        """`encoder`: its weights, which the layers start from, unless `start` has them as they were trained before."""
        from safetensors.numpy import load_file

        super().__init__()
        given = load_file(encoder)
        for own, name in (("words", "word"), ("places", "position"), ("kinds", "token_type")):
            self.register_buffer(own, torch.from_numpy(given[f"embeddings.{name}_embeddings.weight"]), persistent=False)
        self.norm = nn.LayerNorm(DIM, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(n))
        self.drop = nn.Dropout(_DROPPED)
        put(self.norm, given, "embeddings.LayerNorm")
        trained = load_file(start) if start else given
        for number, layer in enumerate(self.layers):
            for own, name in _names(number):
                put(getattr(layer, own), trained, name)
        self.norm.requires_grad_(False)

    def states(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Where the real pieces stand among the padded ones, b * t of them, and their rows [n, 384] after each layer.

        `ids` and `mask` [b, t]; `kinds` as these: 1 where a piece is of the second of two texts.
        """
        b, t = mask.shape
        places = (mask > 0).reshape(-1).nonzero().squeeze(1)
        bias = torch.zeros(b, t).masked_fill(mask == 0, -1e4)[:, None, None, :]
        with torch.no_grad():
            hidden = self.words[ids.long()] + self.places[:t] + self.kinds[kinds.long()]
            rows = self.norm(hidden).reshape(b * t, DIM)[places]
        rows = self.drop(rows)
        for layer in self.layers:
            rows = layer(rows, places, bias)
            yield places, rows

    def weights(self) -> dict[str, NDArray[np.float16]]:
        """What was trained, as the graphs take it."""
        found: dict[str, Tensor] = {}
        for number, layer in enumerate(self.layers):
            for own, name in _names(number):
                for kind in ("weight", "bias"):
                    found |= _split(name, kind, getattr(getattr(layer, own), kind))
        return {name: of.detach().numpy().astype(np.float16) for name, of in found.items()}


def mixed(
    before: Mapping[str, NDArray[np.float16]], after: Mapping[str, NDArray[np.float16]], kept: float
) -> dict[str, NDArray[np.float16]]:
    """`kept` of the weights that training began with, the rest of those that it ended with: what was known before is
    lost less, as Wortsman et al., "Robust fine-tuning of zero-shot models" (2022), found."""
    wide = {name: kept * before[name].astype(np.float32) + (1 - kept) * of for name, of in after.items()}
    return {name: of.astype(np.float16) for name, of in wide.items()}


def _names(number: int) -> list[tuple[str, str]]:
    """Own name -> the name that transformers gives to the same weights of a layer; `joined` holds three of them."""
    prefix = f"encoder.layer.{number}."
    return [
        ("joined", prefix + "attention.self.{}"),
        ("mixed", prefix + "attention.output.dense"),
        ("wide", prefix + "intermediate.dense"),
        ("narrow", prefix + "output.dense"),
        ("after_mixed", prefix + "attention.output.LayerNorm"),
        ("after_narrow", prefix + "output.LayerNorm"),
    ]


def put(module: nn.Module, given: Mapping[str, NDArray[np.float32]], name: str) -> None:
    """Given weights into a part of the model."""
    names = [name.format(part) for part in _PARTS] if "{}" in name else [name]
    for kind in ("weight", "bias"):
        joined = np.concatenate([given[f"{one}.{kind}"] for one in names])
        getattr(module, kind).data = torch.from_numpy(joined.astype(np.float32))


def _split(name: str, kind: str, values: Tensor) -> dict[str, Tensor]:
    if "{}" not in name:
        return {f"{name}.{kind}": values}
    return {f"{name.format(part)}.{kind}": of for part, of in zip(_PARTS, values.chunk(3), strict=True)}
