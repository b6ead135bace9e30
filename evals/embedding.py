"""Embedding speed: the whole embedder beside its own backend alone and beside sentence-transformers in float32."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from indexes.encoder import batches, padded
from indexes.minilm import MiniLM, model_directory
from indexes.minilm_graph import compiled
from indexes.openvino_quiet import keep_openvino_quiet
from rag.types import Vectors

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class EmbeddingSpeed:
    """Medians of rounds taken in turns, in tokens a second; the cosines are to sentence-transformers' vectors."""

    texts: int
    tokens: int
    whole: float
    """`embed_documents`: tokenising, batching, the model."""
    backend: float
    """The compiled model alone, on batches that were prepared before."""
    sentence_transformers: float
    least_cosine: float
    mean_cosine: float


def measure(texts: Sequence[str]) -> EmbeddingSpeed:
    """Embed these texts in every way, `ROUNDS` times in turns."""
    embedder = MiniLM()
    ids = [row[: embedder.max_tokens] for row in embedder.tokenizer.ids(texts)]
    n_tokens = sum(map(len, ids))
    reference = _sentence_transformer()
    ways: dict[str, Callable[[], Any]] = {
        "whole": lambda: embedder.embed_documents(texts),
        "backend": _backend(ids),
        "reference": lambda: reference(texts),
    }
    ours, theirs = ways["whole"](), ways["reference"]()  # everything is loaded before it is timed
    ways["backend"]()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    speed = {name: n_tokens / median(times) for name, times in seconds.items()}
    cosines = (ours * theirs).sum(axis=1)
    return EmbeddingSpeed(
        texts=len(texts),
        tokens=n_tokens,
        whole=speed["whole"],
        backend=speed["backend"],
        sentence_transformers=speed["reference"],
        least_cosine=float(cosines.min()),
        mean_cosine=float(cosines.mean()),
    )


def _backend(ids: Sequence[Sequence[int]]) -> Callable[[], None]:
    """OpenVINO alone, through its own queue, on batches that were prepared before; what comes out is thrown away."""
    keep_openvino_quiet()
    import openvino

    n_threads = os.cpu_count() or 1
    graph = compiled(model_directory() / "model.safetensors", n_threads, is_packed=True)
    prepared = [padded([ids[i] for i in part]) for part in batches(ids, n_threads)]

    def run() -> None:
        queue = openvino.AsyncInferQueue(graph, n_threads)
        for inputs in prepared:
            queue.start_async(dict(enumerate(inputs)))
        queue.wait_all()

    return run


def _sentence_transformer() -> Callable[[Sequence[str]], Vectors]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_directory()), device="cpu")

    def embed(texts: Sequence[str]) -> Vectors:
        rows = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)

    return embed
