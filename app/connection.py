"""This file opens the HTTP client that talks to an endpoint, and asks it small questions about itself.

What such a question brings is never trusted: it ends after a while, takes no more than a few megabytes, follows no
redirect, unpacks nothing, and is None in place of an error. Nor is what an endpoint sends with an error status.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.patience import within
from indexes.endpoint import Endpoint

if TYPE_CHECKING:
    from httpx2 import Client, Response

CONNECT_SECONDS = 5.0
_LONGEST = 4_000_000
"""Bytes of a reply; the longest honest ones list a few thousand models."""
_REST_SECONDS, _MOST_REST = 0.1, 10
"""Of what comes after the end of a stream: seconds, and pieces."""
_ERROR_SECONDS = 2.0
_LONGEST_ERROR = 100_000
"""Bytes of what comes with an error status: its reason stands at the beginning."""


class Refused(Exception):
    """An endpoint answered with a status that is no success. `body`: the beginning of what it said, if anything."""

    def __init__(self, response: Response, body: str) -> None:
        super().__init__(response.status_code)
        self.response = response
        self.body = body


def open_client(base_url: str, endpoint: Endpoint, seconds: float) -> Client:
    """A client with proxies from the environment, except for an endpoint on this machine, and without redirects."""
    import httpx2

    from app.timed_backend import make_timed

    url = httpx2.URL(base_url)
    client = httpx2.Client(
        auth=(url.username, url.password) if url.userinfo else None,
        timeout=httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        follow_redirects=False,
        trust_env=not endpoint.is_here,
    )
    make_timed([client._transport, *client._mounts.values()])
    return client


def refuse(response: Response) -> None:
    """Raises Refused for a status that is no success, before anybody reads all that comes with it, without end or not.

    An event hook of a client.
    """
    if response.is_success:
        return
    import httpx2

    held = bytearray()
    with suppress(httpx2.HTTPError), within(_ERROR_SECONDS):  # what is known by now has to do
        for part in response.iter_bytes():
            held += part
            if len(held) > _LONGEST_ERROR:
                break
    raise Refused(response, bytes(held[:_LONGEST_ERROR]).decode("utf-8", "replace"))


def drain(chunks: Iterator[bytes]) -> None:
    """Read the little that comes after an end mark: a connection that is read to its end is used again."""
    import httpx2

    with suppress(httpx2.HTTPError), within(_REST_SECONDS):
        deque(islice(chunks, _MOST_REST), maxlen=0)


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
        return self._ask("/models", root="")

    def ask(self, path: str, body: object = None) -> object:
        """The JSON below `path`, beside the address without its `/v1`; None where there is none."""
        return self._ask(path, root="/v1", body=body)

    def _ask(self, path: str, *, root: str, body: object = None) -> object:
        import httpx2

        left = self._end - time.monotonic()
        if left <= 0:
            return None
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
                return self._read(response)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError, RecursionError):
            return None

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
