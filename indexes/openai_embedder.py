"""OpenAI's embeddings endpoint, or a compatible one, as an Embedder."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from indexes.connection import Refused, open_client, refuse
from indexes.endpoint import EMBEDDING, Endpoint, is_too_long
from indexes.openai_tokens import OpenAITokens
from indexes.patience import pause, within
from indexes.retries import PASSING, MayPass, retry_after, with_retries
from rag.types import Vectors

if TYPE_CHECKING:
    from httpx2 import Client, Response

DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
_CONTEXT = 8191
_MOST_TEXTS = 512
_MOST_BYTES = 250_000
"""Of one request, which may hold 2,048 texts and 300,000 tokens; a token is a byte or more."""
_NUMBER, _BESIDE = 40, 100_000
"""Bytes of a reply at most: for each number of a vector, as JSON with all its digits, and for what stands beside."""


class OpenAIEmbedder:
    """text-embedding-3-small or -large. Raises ModelError, a sentence for everything that an endpoint does wrong."""

    max_tokens = _CONTEXT

    def __init__(
        self, *, model: str, base_url: str, api_key: str = "", timeout: float = 60.0, retries: int = 4
    ) -> None:
        """`timeout`: seconds until a reply begins. `retries`: tries after the first for what may pass, with growing
        waits, or as long as the endpoint asks."""
        self.name = model
        self.dim = DIMENSIONS[model]
        self.fingerprint = f"openai:{model}:{self.dim}:1"
        self.tokenizer = OpenAITokens()
        self._endpoint = Endpoint(base_url, api_key, model, EMBEDDING)
        self._base_url = base_url
        self._key = api_key
        self._timeout = timeout
        self._retries = retries

    @cached_property
    def _client(self) -> Client:
        client = open_client(self._base_url, self._endpoint, self._timeout)
        client.event_hooks = {"response": [refuse]}
        return client

    def close(self) -> None:
        """Close the connections that are kept open for the next request."""
        if "_client" in self.__dict__:  # made on first use
            self._client.close()

    def __del__(self) -> None:
        self.close()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), dim]."""
        rows = [self._request(batch) for batch in _batches(texts)]
        return np.concatenate(rows) if rows else np.empty((0, self.dim), np.float32)

    def embed_query(self, text: str) -> Vectors:
        """One unit float32 vector, shape [dim]."""
        vector: Vectors = self._request([text])[0]
        return vector

    def reads(self, text: str) -> bool:
        """Taken for granted: most such models know many languages, and nothing tells which."""
        return bool(text)

    def _request(self, texts: Sequence[str]) -> Vectors:
        (found,) = with_retries(lambda: self._attempt(texts), self._retries, pause)
        return self._rows(found, len(texts))

    def _attempt(self, texts: Sequence[str]) -> Generator[object, None, None]:
        """What the endpoint sent, once. Raises MayPass for what another try may get past, else ModelError."""
        import httpx2

        try:
            found = self._sent(texts)
        except Refused as error:
            raise self._status(error.response, error.body) from None  # its text may repeat the key that was sent
        except httpx2.ConnectTimeout as error:
            raise MayPass(self._endpoint.unreachable(str(error))) from error
        except httpx2.TimeoutException as error:
            raise self._endpoint.silent(self._timeout) from error
        except (httpx2.DecodingError, httpx2.LocalProtocolError, ValueError, RecursionError) as error:
            raise self._endpoint.garbled() from error
        except httpx2.HTTPError as error:
            raise MayPass(self._endpoint.unreachable(str(error))) from error
        yield found

    def _sent(self, texts: Sequence[str]) -> object:
        """The JSON of one reply, which begins in `timeout` seconds, and ends in as many more."""
        import httpx2

        url = httpx2.URL(self._base_url).copy_with(username="", password="")
        url = url.copy_with(path=f"{url.path.rstrip('/')}/embeddings")
        body = {"model": self.name, "input": list(texts), "encoding_format": "base64"}
        headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
        with within(2 * self._timeout), self._client.stream("POST", url, json=body, headers=headers) as response:
            held, most = bytearray(), len(texts) * self.dim * _NUMBER + _BESIDE
            for part in response.iter_bytes():
                held += part
                if len(held) > most:
                    raise self._endpoint.garbled()
        found: object = json.loads(held)
        return found

    def _rows(self, found: Any, n: int) -> Vectors:  # noqa: ANN401 - whatever the endpoint sent
        try:
            items = sorted(found["data"], key=lambda item: int(item["index"]))
            rows = np.array([_numbers(item["embedding"]) for item in items], dtype=np.float64)
            if not items or [item["index"] for item in items] != list(range(len(items))):
                raise self._endpoint.garbled()
        except (KeyError, TypeError, ValueError) as error:
            raise self._endpoint.garbled() from error
        if rows.shape != (n, self.dim):
            raise self._endpoint.misshapen((n, self.dim), rows.shape)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and (lengths > 0).all()):
            raise self._endpoint.garbled()
        unit: Vectors = (rows / lengths).astype(np.float32)
        return unit

    def _status(self, response: Response, body: str) -> Exception:
        code, wait = response.status_code, retry_after(response.headers)
        if response.has_redirect_location:
            return self._endpoint.moved(response.headers["location"])
        if is_too_long(code, body):
            return self._endpoint.too_long()
        error = self._endpoint.not_found([]) if code == 404 else self._endpoint.status(code, body, wait)
        return MayPass(error, wait) if code in PASSING or code >= 500 else error


def _numbers(embedding: object) -> object:
    """Those of a vector, which comes as a list, or as the base64 of its bytes."""
    return np.frombuffer(base64.b64decode(embedding), np.float32) if isinstance(embedding, str) else embedding


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, in requests within the endpoint's limits."""
    batch: list[str] = []
    n_bytes = 0
    for text in texts:
        size = len(text.encode())
        if batch and (len(batch) == _MOST_TEXTS or n_bytes + size > _MOST_BYTES):
            yield batch
            batch, n_bytes = [], 0
        batch.append(text)
        n_bytes += size
    if batch:
        yield batch
