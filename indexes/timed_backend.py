"""This file makes connections on which every step ends by the clock of `within`, or when `look` says so.

The client bounds each read alone, so that a server whose headers come a byte now and then would never be given up; and
it waits for each without a look at who has left.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import httpcore2

from indexes.patience import LOOK_SECONDS, look, seconds_left

if TYPE_CHECKING:
    from httpx2 import BaseTransport

_LEAST_SECONDS = 0.001
"""A socket takes none at all for something else."""


def make_timed(transports: Iterable[BaseTransport | None]) -> None:
    """Let transports connect by way of this file. They have no public place for it, and keep their proxies so."""
    import httpx2

    for transport in transports:
        if isinstance(transport, httpx2.HTTPTransport):
            transport._pool._network_backend = _Backend()


def _shortest(timeout: float | None) -> float | None:
    left = seconds_left()
    if left <= 0:
        raise httpcore2.ReadTimeout("the whole wait is over")
    return timeout if left == float("inf") else left if timeout is None else min(left, timeout)


class _Backend(httpcore2.SyncBackend):
    """Makes the connections."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of the host that answers."""
        return _Timed(super().connect_tcp(host, port, _shortest(timeout), local_address, socket_options))


class _Timed(httpcore2.NetworkStream):
    """A connection on which every step ends by the clock."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Up to so many bytes, as soon as there are any; whether somebody still waits is looked at meanwhile."""
        longest = _shortest(timeout)
        end = time.monotonic() + (float("inf") if longest is None else longest)
        while True:
            try:
                return self._stream.read(max_bytes, min(LOOK_SECONDS, max(end - time.monotonic(), _LEAST_SECONDS)))
            except httpcore2.ReadTimeout:
                if time.monotonic() >= end:
                    raise
                look()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, _shortest(timeout))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same connection encrypted."""
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _shortest(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as the class above has it
        """What the connection knows about itself."""
        return self._stream.get_extra_info(info)
