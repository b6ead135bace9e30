"""What a site lets programs read: its robots.txt, asked once for each site (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.fetch.address import Address, redirected
from ingest.fetch.body import ENCODINGS, unpacked
from ingest.fetch.exchange import Clock
from ingest.fetch.guard import Guard
from rag.errors import InputError, LoadError

if TYPE_CHECKING:
    import ssl

AGENT = "Footnote"
VERSION = "0.1.0"
USER_AGENT = f"{AGENT}/{VERSION} (+robots.txt name: {AGENT}; fetches single pages that a person asked for)"
_MAX_BYTES = 512_000
"""RFC 9309 asks for 500 KiB at least."""
_MAX_REDIRECTS = 5

Rules = Callable[[str], bool]
"""Whether an address of the site may be read."""


@dataclass(slots=True)
class Robots:
    """The rules of all sites that were asked during one run. A site that was down is not asked again, either."""

    _sites: dict[str, Rules | str] = field(default_factory=dict)

    def check(self, address: Address, *, guard: Guard, clock: Clock, context: ssl.SSLContext | None = None) -> None:
        """Raise LoadError, without saying which address, when the site does not want it read or cannot be asked."""
        site = f"{address.scheme}://{address.authority}"
        if site not in self._sites:
            self._sites[site] = _rules(address, guard, clock, context)
        rules = self._sites[site]
        if isinstance(rules, str):
            raise LoadError(f"is not fetched: {site}/robots.txt, which says what may be read, {rules}")
        if not rules(str(address)):
            raise LoadError(
                f"is not fetched: {site}/robots.txt asks programs to stay away from it. Save it in a browser instead."
            )


def _rules(address: Address, guard: Guard, clock: Clock, context: ssl.SSLContext | None) -> Rules | str:
    """The site's rules, or why there are none to go by. Without the file all is allowed; if it fails, nothing is."""
    from ingest.fetch.connection import ask

    at = Address(address.scheme, address.host, address.port, "/robots.txt")
    headers = {"User-Agent": USER_AGENT, "Accept": "text/plain", "Accept-Encoding": ENCODINGS}
    try:
        for _ in range(_MAX_REDIRECTS + 1):
            with ask(at, headers, guard=guard, clock=clock, context=context) as reply:
                if reply.status == 200:
                    return _parsed(
                        _start(unpacked(reply.chunks, reply.headers.get("content-encoding", ""), 50_000_000))
                    )
                if 300 <= reply.status < 400 and "location" in reply.headers:
                    at = _next(at, reply.headers["location"], guard)
                elif reply.status < 500 and reply.status != 429:
                    return lambda _: True
                else:
                    return f"cannot be had (status {reply.status}): try again later."
    except LoadError as error:
        return str(error)
    return lambda _: True  # RFC 9309, 2.3.1.2: too many redirects count as no file


def _next(at: Address, location: str, guard: Guard) -> Address:
    try:
        return redirected(at, location, ports=guard.ports)
    except InputError as error:
        raise InputError(f"is not fetched, since the robots.txt of its site leads elsewhere: {error}") from error


def _start(pieces: Iterable[bytes]) -> bytes:
    data = b""
    for piece in pieces:
        data += piece
        if len(data) > _MAX_BYTES:
            return data[: data.rindex(b"\n", 0, _MAX_BYTES) + 1] if b"\n" in data[:_MAX_BYTES] else b""
    return data


def _parsed(data: bytes) -> Rules:
    from protego import Protego

    rules = Protego.parse(data.decode("utf-8-sig", "replace"))
    return lambda url: bool(rules.can_fetch(url, AGENT))
