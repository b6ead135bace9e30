"""This file opens the HTTP client that talks to an endpoint, and reads no more than the beginning of an error."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from indexes.endpoint import Endpoint
from indexes.patience import within

if TYPE_CHECKING:
    from httpx2 import Client, Response

CONNECT_SECONDS = 5.0
KEPT_SECONDS = 3.0
"""A connection waits so long for the next request. Servers close one after 5 (uvicorn, and so vLLM; llama.cpp): what is
sent at that moment is lost, and nobody can tell it from a server that died."""
_MOST_CONNECTIONS = 100
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

    from indexes.timed_backend import make_timed

    logging.getLogger("httpx2").setLevel(logging.WARNING)  # below that it logs addresses, whose query may hold a key
    url = httpx2.URL(base_url)
    client = httpx2.Client(
        auth=(url.username, url.password) if url.userinfo else None,
        timeout=httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        follow_redirects=False,
        trust_env=not endpoint.is_here,
        limits=httpx2.Limits(max_connections=_MOST_CONNECTIONS, keepalive_expiry=KEPT_SECONDS),
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
