"""OpenAI's embeddings endpoint, or a compatible one, as an Embedder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from indexes.endpoint import EMBEDDING, Endpoint, is_too_long
from indexes.openai_tokens import OpenAITokens
from rag.errors import ModelError
from rag.types import Vectors

if TYPE_CHECKING:
    import openai

DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
_CONTEXT = 8191
_MOST_TEXTS = 512
_MOST_BYTES = 250_000
"""Of one request, which may hold 2,048 texts and 300,000 tokens; a token is a byte or more."""
_CONNECT_S = 5.0


class OpenAIEmbedder:
    """text-embedding-3-small or -large. Raises ModelError, a sentence for everything that an endpoint does wrong."""

    max_tokens = _CONTEXT

    def __init__(
        self, *, model: str, base_url: str, api_key: str = "", timeout: float = 60.0, retries: int = 4
    ) -> None:
        """`retries`: tries after the first for what may pass, with growing waits, or as long as the endpoint asks."""
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
    def _client(self) -> openai.OpenAI:
        import openai

        return openai.OpenAI(
            base_url=self._base_url,
            api_key=self._key or "none",  # the client insists on one; an endpoint that needs none ignores it
            max_retries=self._retries,
            timeout=openai.Timeout(self._timeout, connect=_CONNECT_S),
            http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not self._endpoint.is_here),
        )

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
        import openai

        try:
            response = self._client.embeddings.create(model=self.name, input=list(texts))
        except openai.APIStatusError as error:
            raise self._status(error) from None  # its text may repeat the key that was sent
        except openai.APITimeoutError as error:
            raise self._endpoint.silent(self._timeout) from error
        except openai.APIConnectionError as error:
            raise self._endpoint.unreachable(str(error.__cause__)) from error
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise self._endpoint.garbled() from error
        return self._rows(response, len(texts))

    def _rows(self, response: Any, n: int) -> Vectors:  # noqa: ANN401 - whatever the endpoint sent
        try:
            items = sorted(response.data, key=lambda item: int(item.index))
            rows = np.array([item.embedding for item in items], dtype=np.float64)
            if [item.index for item in items] != list(range(len(items))):
                raise self._endpoint.garbled()
        except (AttributeError, TypeError, ValueError) as error:
            raise self._endpoint.garbled() from error
        if rows.shape != (n, self.dim):
            raise self._endpoint.misshapen((n, self.dim), rows.shape)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and (lengths > 0).all()):
            raise self._endpoint.garbled()
        unit: Vectors = (rows / lengths).astype(np.float32)
        return unit

    def _status(self, error: openai.APIStatusError) -> ModelError:
        code, body = error.status_code, error.response.text[:100_000]
        if error.response.has_redirect_location:
            return self._endpoint.moved(error.response.headers["location"])
        if is_too_long(code, body):
            return self._endpoint.too_long()
        return self._endpoint.not_found([]) if code == 404 else self._endpoint.status(code, body, None)


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
