"""Which machines may be talked to: a name is resolved once, and every address it has must be a public one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from rag.errors import InputError, LoadError

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, float], list[str]]
"""(host, seconds it may take) -> every IP address of the host. Raises LoadError, without its name, when it has none."""

_CLOSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # looks public, but every machine in Azure reaches its own host there
    )
)  # fmt: skip
"""IANA's special-purpose registry; written out, because what `ipaddress` calls global differs between Pythons."""
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID and other protocols' own
        "2001:db8::/32", "3fff::/20",  # documentation
        "2002::/16",  # 6to4: any IPv4 address can hide in it
    )
)  # fmt: skip
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64: the last four bytes are the IPv4 address that is really reached."""

_OWN = tuple(
    ip_network(text)
    for text in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""Where people have servers that are not public."""
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254")))
"""Those of Alibaba and of Amazon; the others are link-local, and none of `_OWN`."""


def resolve(host: str, timeout_s: float) -> list[str]:
    """Ask the system for all addresses of a host, in its order of preference."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            return

    asking = threading.Thread(target=ask, name="resolve", daemon=True)  # the system's own patience has no setting
    asking.start()
    asking.join(timeout_s)
    if not found:
        raise LoadError("belongs to a host that is not found: check the address and the connection to the Internet.")
    return list(dict.fromkeys(found))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to a machine on the Internet, and to nothing nearer."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    inside = address.ipv4_mapped
    if inside is None and address in _TRANSLATED:
        inside = IPv4Address(address.packed[-4:])
    if inside is not None:
        return is_public(inside)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be connected to. The defaults are for the open Internet."""

    ports: frozenset[int] = frozenset({80, 443})
    allowed: tuple[Network, ...] = ()
    """Networks that may be reached although they are not public, e.g. an intranet's."""
    resolve: Resolve = resolve

    def checked(self, host: str, timeout_s: float) -> list[str]:
        """The addresses to connect to. Raises InputError, without naming the page, when any of them is private."""
        try:
            addresses = [ip_address(text) for text in self._addresses(host, timeout_s)]
        except ValueError as error:
            raise InputError(f"is not fetched: {host!r} leads to a network card of this machine ({error}).") from error
        closed = [address for address in addresses if not self._is_open(address)]
        if closed or not addresses:
            where = " and ".join(map(str, closed)) or "nowhere"
            raise InputError(
                f"is not fetched: {host!r} leads to {where}, which is not on the open Internet{_way_in(closed)}."
            )
        return [str(address) for address in addresses]

    def _addresses(self, host: str, timeout_s: float) -> list[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            return self.resolve(host, timeout_s)

    def _is_open(self, address: IPv4Address | IPv6Address) -> bool:
        return is_public(address) or any(address in network for network in self.allowed)


def _way_in(closed: Sequence[IPv4Address | IPv6Address]) -> str:
    """How to open what is a server of one's own; nothing where any of the addresses cannot be one."""
    networks = [own_network(address) for address in closed]
    if not networks or None in networks:
        return ""
    named = " ".join(dict.fromkeys(map(str, networks)))
    return f"; for a server of your own add {named} to FOOTNOTE_FETCH_NETWORKS"


def own_network(address: IPv4Address | IPv6Address) -> Network | None:
    """The network to open for a server of one's own with this address; None for an address that is nobody's server, or
    where a cloud tells the machines in it their secrets."""
    if not any(address in network for network in _OWN) or address in _METADATA:
        return None
    return next((network for network in LOOPBACK if address in network), ip_network(address))


LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""For `allowed`, where the pages of this very machine are meant."""
