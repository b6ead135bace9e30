"""The joint reader in PyTorch, as it is trained; `indexes/joint_graph.py` runs what is learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from indexes.minilm_graph import N_LAYERS
from training.layers import DIM, Layers, put

_SMALL = 0.02


class JointModel(Layers):
    """All layers, and a head for each thing told."""

    def __init__(self, encoder: Path, start: Path | None = None) -> None:
        """`start`: layers and heads as they were trained before, as `weights` gave them."""
        from safetensors.numpy import load_file

        super().__init__(encoder, N_LAYERS, start)
        self.spans = nn.Linear(DIM, 2)
        self.relevance = nn.Linear(DIM, 1)
        trained = load_file(start) if start else {}
        for name, head in self._heads():
            nn.init.normal_(head.weight, std=_SMALL)
            nn.init.zeros_(head.bias)
            if start:
                put(head, trained, name)

    def _heads(self) -> list[tuple[str, nn.Linear]]:
        return [("spans", self.spans), ("relevance", self.relevance)]

    def forward(self, ids: Tensor, of_passage: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Relevance [b] and first and last piece of the answer [b, t, 2], from what `joint_graph` takes."""
        b, t = mask.shape
        *_, (places, rows) = self.states(ids, of_passage, mask)
        spans = self.spans(rows).float()
        spread = spans.new_zeros(b * t, 2).index_copy(0, places, spans).view(b, t, 2)
        return self.relevance(rows[places % t == 0]).squeeze(-1).float(), spread

    def weights(self) -> dict[str, NDArray[np.float16]]:
        """What was trained, as `joint_graph` takes it."""
        found = super().weights()
        for name, head in self._heads():
            for kind in ("weight", "bias"):
                found[f"{name}.{kind}"] = getattr(head, kind).detach().numpy().astype(np.float16)
        return found
