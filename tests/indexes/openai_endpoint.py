"""An embeddings endpoint on a real socket: vectors that depend on the text, in the forms that the real one uses."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np

from tests.fake_endpoint import FakeEndpoint, answers


def row(text: str, dim: int = 1536) -> np.ndarray:
    """Always the same numbers for a text, of no unit length."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    return np.random.default_rng(seed).normal(size=dim).astype(np.float32)


def embedded(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request, its items in no order."""
    items = []
    for index, text in enumerate(request["input"]):
        values = row(text)
        as_text = base64.b64encode(values.tobytes()).decode()
        embedding = as_text if request.get("encoding_format") == "base64" else values.tolist()
        items.append({"object": "embedding", "index": index, "embedding": embedding})
    return {"object": "list", "data": items[::-1], "model": request["model"], "usage": {}}


@contextmanager
def embeddings_endpoint() -> Iterator[str]:
    """The address of one that works."""
    with FakeEndpoint() as endpoint:
        endpoint.replies = [embeds(endpoint)]
        yield endpoint.url


def embeds(endpoint: FakeEndpoint) -> Any:  # noqa: ANN401
    """A reply with the embeddings that the last request asked for."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        answers(200, embedded(endpoint.requests[-1]))(handler)

    return reply
