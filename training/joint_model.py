"""The joint layers in PyTorch, as they are trained; `indexes/joint_graph.py` runs what is learned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

DIM, _HEADS, _WIDE, N_VALUES = 384, 12, 1536, 6
_LENGTH = 11.0
"""Of the encoder's states before they were made units."""
_DROPPED = 0.1
_SMALL = 0.02
_PARTS = ("query", "key", "value")


class Layer(nn.Module):
    """Attention and what follows it, over rows that were packed without padding."""

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
        query, key, value = padded.view(b, t, 3, _HEADS, DIM // _HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        rows = self.after_mixed(rows + self.drop(self.mixed(mixed.transpose(1, 2).reshape(b * t, DIM)[places])))
        after: Tensor = self.after_narrow(rows + self.drop(self.narrow(F.gelu(self.wide(rows)))))
        return after


class JointModel(nn.Module):
    """Two layers over the states of a question and a passage, and a head for each thing that is told."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(2))
        self.whole = nn.Parameter(torch.randn(DIM) * _SMALL)
        self.kinds = nn.Parameter(torch.randn(2, DIM) * _SMALL)
        self.values = nn.Linear(N_VALUES, DIM)
        nn.init.normal_(self.values.weight, std=0.05)
        nn.init.zeros_(self.values.bias)
        self.spans = nn.Linear(DIM, 2)
        self.relevance = nn.Linear(DIM, 1)
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, states: Tensor, of_passage: Tensor, values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Relevance [b] and first and last piece of the answer [b, t, 2], from what `joint_graph` takes."""
        b, t = mask.shape
        full = torch.cat([torch.ones(b, 1, dtype=torch.bool), mask > 0], 1)
        places, real = full.reshape(-1).nonzero().squeeze(1), (mask > 0).reshape(-1)
        kinds = self.kinds[of_passage.reshape(-1)[real].long()]
        inner = states.reshape(b * t, DIM)[real] * _LENGTH + kinds + self.values(values.reshape(b * t, -1)[real])
        is_whole = places % (t + 1) == 0
        rows = inner.new_zeros(len(places), DIM)
        rows[is_whole] = self.whole.expand(b, DIM).to(rows.dtype)
        rows[~is_whole] = inner
        rows = self.drop(rows)
        bias = torch.zeros(full.shape).masked_fill(~full, -1e4)[:, None, None, :]
        for layer in self.layers:
            rows = layer(rows, places, bias)
        spans = self.spans(rows).float()
        spread = spans.new_zeros(b * (t + 1), 2).index_copy(0, places, spans).view(b, t + 1, 2)[:, 1:]
        return self.relevance(rows[is_whole]).squeeze(-1).float(), spread

    def start_from(self, encoder: Path) -> None:
        """With the weights of the encoder's upper layers."""
        from safetensors.numpy import load_file

        self._put(load_file(encoder), "encoder.layer.{}.", first=4)

    def weights(self) -> dict[str, NDArray[np.float16]]:
        """As `joint_graph` takes them."""
        found: dict[str, Tensor] = {
            "whole": self.whole[None, None],
            "kinds": self.kinds,
            "scale": torch.tensor([_LENGTH]),
        }
        for name, head in (("values", self.values), ("spans", self.spans), ("relevance", self.relevance)):
            found |= {f"{name}.weight": head.weight, f"{name}.bias": head.bias}
        for number, layer in enumerate(self.layers):
            for own, name in _names(f"layer.{number}."):
                module = getattr(layer, own)
                for kind in ("weight", "bias"):
                    found |= _split(name, kind, getattr(module, kind))
        return {name: of.detach().numpy().astype(np.float16) for name, of in found.items()}

    def _put(self, weights: Mapping[str, NDArray[np.float32]], prefix: str, first: int) -> None:
        for number, layer in enumerate(self.layers):
            for own, name in _names(prefix.format(number + first)):
                for kind in ("weight", "bias"):
                    names = [name.format(part) for part in _PARTS] if own == "joined" else [name]
                    joined = np.concatenate([weights[f"{one}.{kind}"] for one in names])
                    getattr(getattr(layer, own), kind).data = torch.from_numpy(joined.astype(np.float32))


def _names(prefix: str) -> list[tuple[str, str]]:
    """Own name -> the name that transformers gives to the same weights; `joined` holds three of them."""
    return [
        ("joined", prefix + "attention.self.{}"),
        ("mixed", prefix + "attention.output.dense"),
        ("wide", prefix + "intermediate.dense"),
        ("narrow", prefix + "output.dense"),
        ("after_mixed", prefix + "attention.output.LayerNorm"),
        ("after_narrow", prefix + "output.LayerNorm"),
    ]


def _split(name: str, kind: str, values: Tensor) -> dict[str, Tensor]:
    if "{}" not in name:
        return {f"{name}.{kind}": values}
    return {f"{name.format(part)}.{kind}": of for part, of in zip(_PARTS, values.chunk(3), strict=True)}
