"""Any sentence-transformers model as an Embedder, by its name on the hub or the folder that it lies in.

`model_folder.py` says what of a model is read, and when it is downloaded.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from indexes.bfloat16 import pays, precision
from indexes.model_folder import digest_of, loading, model_folder, safely
from indexes.prefixes import Prefixes, prefixes_of
from indexes.word_pieces import WordPieces
from rag.errors import ModelError
from rag.types import Vectors

Model = Any
"""A SentenceTransformer; its types would import torch."""

_AGREES = 0.999
_TRIAL = [
    "The share of renewable energy in final consumption rose to 23 % in 2022, from 21.9 % a year before. " * 8
] * 8
_BATCH = {"cpu": 16, "cuda": 256}


class SentenceTransformerEmbedder:
    """A model with its family's prefixes; on a GPU in half precision, on a CPU in bfloat16 where that is faster."""

    def __init__(self, name: str, *, device: str | None = None) -> None:
        """`device`: cuda or cpu; None takes a GPU where there is one."""
        self.name = name
        self._device = device
        self._one_at_a_time = threading.RLock()  # PyTorch uses all cores by itself

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are; downloads them when they are nowhere. Raises ModelError."""
        return model_folder(self.name, setting="FOOTNOTE_EMBEDDER", instead="minilm, which is bundled")

    @cached_property
    def fingerprint(self) -> str:
        """Of every file that decides a vector, and of the prefixes."""
        return f"sentence-transformers:{digest_of(self.folder, repr(self._prefixes))}:1"

    @cached_property
    def tokenizer(self) -> WordPieces:
        """Raises ModelError for a model without a fast tokenizer, whose tokens could not be told apart."""
        path = self.folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(f"{self.name!r} has no tokenizer.json: choose a model that has one")
        return WordPieces(path)

    @cached_property
    def _prefixes(self) -> Prefixes:
        return prefixes_of(self.name) or _own_prefixes(self.folder)

    @property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        prefix = max(len(self.tokenizer.offsets(text)) for text in self._prefixes)
        return int(self._model.max_seq_length) - self.tokenizer.n_special() - prefix

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), dim]."""
        return self._embed([self._prefixes.document + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """One unit float32 vector, shape [dim]."""
        vector: Vectors = self._embed([self._prefixes.query + text])[0]
        return vector

    def reads(self, text: str) -> bool:
        """Taken for granted: most such models know many languages, and nothing tells which."""
        return bool(text)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), np.float32)
        with self._one_at_a_time, precision(rounded=self._is_faster_in_bfloat16):
            return _rows(self._model, texts)

    @cached_property
    def _model(self) -> Model:
        from sentence_transformers import SentenceTransformer

        self.tokenizer  # noqa: B018 - a model without one is refused before seconds go into loading it
        with loading(f"the embedding model {self.name!r}"):
            model = SentenceTransformer(str(self.folder), device=self._device, **safely())
        return model.half() if model.device.type == "cuda" else model

    @cached_property
    def _is_faster_in_bfloat16(self) -> bool:
        """Tried out once."""
        return self._model.device.type == "cpu" and pays(partial(_rows, self._model), _TRIAL, _agree)


def has_cuda() -> bool:
    """Whether PyTorch can use a GPU here; imports it."""
    import torch

    return bool(torch.cuda.is_available())


def _rows(model: Model, texts: Sequence[str]) -> Vectors:
    rows = model.encode(
        list(texts),
        batch_size=_BATCH.get(model.device.type, 32),
        show_progress_bar=False,
        convert_to_numpy=True,
        normalize_embeddings=False,
        prompt="",  # the prefix is in the text already
    ).astype(np.float32)
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)  # rounded in float32 only
    return unit


def _agree(exact: Vectors, rounded: Vectors) -> bool:
    return float((exact * rounded).sum(axis=1).min()) >= _AGREES


def _own_prefixes(folder: Path) -> Prefixes:
    """What the model's own configuration says, for a family that is not in the table."""
    import json

    try:
        said = json.loads((folder / "config_sentence_transformers.json").read_text("utf-8")).get("prompts") or {}
    except (OSError, ValueError, AttributeError):
        said = {}
    named = {name: text for name, text in said.items() if isinstance(text, str)} if isinstance(said, dict) else {}
    return Prefixes(named.get("query", ""), named.get("document", named.get("passage", "")))
