"""This file asks an endpoint small questions about itself.

What they bring is never trusted: each ends after a while, takes no more than a few megabytes, follows no redirect,
unpacks nothing, and is None in place of an error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from indexes.connection import open_client
from indexes.endpoint import Endpoint
from indexes.patience import within

if TYPE_CHECKING:
    from httpx2 import Client, Response

_LONGEST = 4_000_000
"""Bytes of a reply; the longest honest ones list a few thousand models."""


class Inquiry:
    """Questions about an endpoint, of which all together take `seconds` at most."""

    def __init__(
        self,
        base_url: str,
        endpoint: Endpoint,
        api_key: str,
        *,
        seconds: float,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._base_url = base_url
        self._endpoint = endpoint
        self._headers = {"accept-encoding": "identity"} | ({"authorization": f"Bearer {api_key}"} if api_key else {})
        self._headers |= headers
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    @cached_property
    def _client(self) -> Client:
        return open_client(self._base_url, self._endpoint, self._seconds / 2)

    def __enter__(self) -> Inquiry:
        return self

    def __exit__(self, *_: object) -> None:
        if "_client" in self.__dict__:  # made on first use
            self._client.close()

    def models(self) -> object:
        """The endpoint's own list of models, as JSON; None where it does not tell."""
        return self.listing()[1]

    def listing(self) -> tuple[int | None, object]:
        """With which status it answers to the question for its models, None where it does not; and what it lists."""
        return self._ask("/models", root="")

    def ask(self, path: str, body: object = None) -> object:
        """The JSON below `path`, beside the address without its `/v1`; None where there is none."""
        return self._ask(path, root="/v1", body=body)[1]

    def _ask(self, path: str, *, root: str, body: object = None) -> tuple[int | None, object]:
        import httpx2

        left, status = self._end - time.monotonic(), None
        if left <= 0:
            return None, None
        try:
            url = httpx2.URL(self._base_url)
            place = url.path.rstrip("/").removesuffix(root) + path
            # Keys go to the configured host alone; user and password of the address go by the client's `auth`.
            url = url.copy_with(username="", password="", path=place, query=None, fragment=None)
            method, seconds = "GET" if body is None else "POST", min(left, self._seconds / 2)
            with (
                within(left),
                self._client.stream(method, url, json=body, headers=self._headers, timeout=seconds) as response,
            ):
                status = response.status_code
                return status, self._read(response)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError, RecursionError):
            return status, None

    def _read(self, response: Response) -> object:
        if response.status_code != 200 or "content-encoding" in response.headers:
            return None
        held: list[bytes] = []
        size = 0
        for part in response.iter_raw():
            held.append(part)
            size += len(part)
            if size > _LONGEST:
                return None
        found: object = json.loads(b"".join(held))
        return found
