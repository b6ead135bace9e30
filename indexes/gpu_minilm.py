"""The bundled model where there is a GPU: many texts at once go to it, in half precision; a query does not.

Starting PyTorch takes seconds, so a search stays with OpenVINO. Both give the same vectors to a cosine of .999.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from indexes.minilm import MiniLM, checked_weights, model_directory
from indexes.sentence_transformer import SentenceTransformerEmbedder, has_cuda
from rag.types import Vectors

_MANY = 48
"""Texts from which on the GPU is used: more than the sentences of one answer, no more than ingestion embeds at once."""


class GpuMiniLM(MiniLM):
    """The bundled model on a GPU; without one that PyTorch can use it is the bundled model on the CPU."""

    def __init__(self, device: str = "cuda") -> None:
        super().__init__()
        self._device = device

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), 384]."""
        if len(texts) < _MANY or self._bulk is None:
            return super().embed_documents(texts)
        return self._bulk.embed_documents(texts)

    @cached_property
    def _bulk(self) -> SentenceTransformerEmbedder | None:
        if self._device == "cuda" and not has_cuda():
            return None
        checked_weights(model_directory() / "model.safetensors")
        return SentenceTransformerEmbedder(str(model_directory()), device=self._device)
