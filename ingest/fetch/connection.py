"""One request to one machine: the address that was checked is the one connected to, and one clock runs for it all."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore2

from ingest.fetch.address import Address
from ingest.fetch.exchange import Clock, Reply
from ingest.fetch.guard import Guard
from rag.errors import LoadError

_LOOK_S = 0.5
"""So often a wait for bytes looks whether it shall be stopped."""


@contextmanager
def ask(
    address: Address, headers: Mapping[str, str], *, guard: Guard, clock: Clock, context: ssl.SSLContext | None = None
) -> Iterator[Reply]:
    """GET one address, no redirect followed, no proxy, no cookie. Raises LoadError or InputError with the reason alone:
    the caller knows which page it is about."""
    url = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    sent = [("Host", address.authority), ("Connection", "close"), *headers.items()]
    try:
        with (
            httpcore2.ConnectionPool(
                ssl_context=context or _context(), network_backend=_Pinned(guard, clock), max_keepalive_connections=0
            ) as pool,
            pool.stream("GET", url, headers=sent) as response,
        ):
            named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            yield Reply(response.status, named, response.iter_stream())
    except httpcore2.TimeoutException as error:
        clock.patience()
        raise LoadError(f"did not answer for {clock.limits.stall_s:g} s: try again later.") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise LoadError(_reason(error)) from error


@cache
def _context() -> ssl.SSLContext:
    return httpcore2.default_ssl_context()


def _reason(error: Exception) -> str:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"has a certificate that is not trusted ({cause.verify_message}): open it in a browser to find out why."
    if isinstance(error, httpcore2.ConnectError):
        return f"cannot be connected to ({cause or error}): check the address, or try again later."
    return f"broke off or does not speak HTTP ({error or type(error).__name__}): try again later."


class _Pinned(httpcore2.NetworkBackend):
    """Resolves and checks in the one place where a connection is made, so that no second look-up can differ."""

    def __init__(self, guard: Guard, clock: Clock) -> None:
        self._guard = guard
        self._clock = clock
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the clock's is the one that counts
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of the host that answers, after all of them were checked."""
        addresses = self._guard.checked(host, self._clock.patience())
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connect(addresses[-1], port, socket_options)

    def _connect(self, address: str, port: int, options: Iterable[Any] | None) -> httpcore2.NetworkStream:
        stream = self._backend.connect_tcp(address, port, self._clock.patience(), None, options)
        return _Timed(stream, self._clock)


class _Timed(httpcore2.NetworkStream):
    """A connection on which every step ends by the clock."""

    def __init__(self, stream: httpcore2.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Up to so many bytes, as soon as there are any; whether it shall be stopped is looked at meanwhile."""
        ends = time.monotonic() + self._clock.patience()
        while True:
            try:
                return self._stream.read(max_bytes, min(_LOOK_S, self._clock.patience()))
            except httpcore2.ReadTimeout:
                if time.monotonic() >= ends:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send all of it."""
        self._stream.write(buffer, self._clock.patience())

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """The same connection encrypted, its certificate checked against the host's name."""
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._clock.patience()), self._clock)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as the class above has it
        """What the connection knows about itself."""
        return self._stream.get_extra_info(info)
