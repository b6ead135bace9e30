"""The address of a page, taken apart once: what is checked is what is connected to and what stands in the request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote, urljoin, urlsplit

from ingest.fetch.guard import LOOPBACK, own_network
from rag.errors import InputError

_PORTS = {"http": 80, "https": 443}
_KEPT = "%/:?#[]@!$&'()*+,;=-._~"
"""What is left as it stands in a path: `%` too, so that what is encoded already is not encoded again."""
_MAX_LENGTH = 2000
_LOOKS_NUMERIC = re.compile(r"(?:\d+|0[xX][0-9a-fA-F]*)\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address; `host` is ASCII in lower case, `target` the path with the query, encoded."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.split("?", maxsplit=1)[0]

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse(url: str, *, ports: frozenset[int]) -> Address:
    """The parts of an address, its fragment dropped. Raises InputError for one that shall not be asked for."""
    text = url.strip(" \t\r\n")
    if len(text) > _MAX_LENGTH or not text.isprintable() or "\\" in text or " " in text:
        raise _refused(text, "it is too long, or has blanks, backslashes or invisible characters in it")
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(text, f"it is not written as addresses are ({error})") from error
    if scheme not in _PORTS:
        raise _refused(text, "only addresses that begin with http:// or https:// are read")
    if "@" in parts.netloc:
        raise _refused(text, "a user name or password stands in it: take it out")
    if "[" in parts.netloc and ":" not in host:
        raise _refused(text, "what stands in its brackets is not an IP address")
    port = _PORTS[scheme] if port is None else port
    if port not in ports:
        open_ports = ", ".join(map(str, sorted(ports)))
        raise _refused(text, f"port {port} is not one of {open_ports}{_way_in(host)}")
    target = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
    return Address(scheme, _host(text, host), port, target if target.startswith("/") else "/" + target)


def _way_in(host: str) -> str:
    """How to open a port of a server of one's own; a name may be one, an address tells whether it is."""
    try:
        network = own_network(ip_address(host))
    except ValueError:
        named = f"its network ({' '.join(map(str, LOOPBACK))} for this machine)"
    else:
        if network is None:
            return ""
        named = str(network)
    return f"; for a server of your own add it to FOOTNOTE_FETCH_PORTS, and {named} to FOOTNOTE_FETCH_NETWORKS"


def redirected(address: Address, location: str, *, ports: frozenset[int]) -> Address:
    """Where a redirect leads. Raises InputError for what `parse` refuses, and for a step from https down to http."""
    onward = parse(urljoin(str(address), location.strip()), ports=ports)
    if (address.scheme, onward.scheme) == ("https", "http"):
        raise _refused(str(onward), f"{address} leads to it without encryption: give this address itself to read it so")
    return onward


def _host(text: str, host: str) -> str:
    """The host in ASCII. Names are encoded as browsers do it; numbers count only where they are a usual IP address."""
    if ":" in host or _LOOKS_NUMERIC.search(host.rstrip(".").split(".")[-1]):
        try:
            address = ip_address(host)
        except ValueError as error:
            raise _refused(text, f"{host!r} is neither a name nor an IP address in its usual form") from error
        if isinstance(address, IPv6Address) and address.scope_id:
            raise _refused(text, "its IP address names a network card of this machine")
        return str(address)
    from idna import IDNAError, encode

    try:
        name = encode(host.rstrip("."), uts46=True, std3_rules=True).decode("ascii")
    except (IDNAError, UnicodeError) as error:
        raise _refused(text, f"{host!r} cannot be the name of a host") from error
    if not name or _LOOKS_NUMERIC.search(name.split(".")[-1]):  # full-width digits become digits only now
        raise _refused(text, f"{host!r} cannot be the name of a host")
    return name


def _refused(text: str, why: str) -> InputError:
    return InputError(f"{shown(text)} is not fetched: {why}.")


def shown(text: str) -> str:
    """An address as it may stand in a sentence: one line, visible characters, no password, not longer than a line."""
    text = re.sub(r"//[^/?#]*@", "//", "".join(c if c.isprintable() else "?" for c in text))
    return repr(text if len(text) <= 120 else text[:119] + "…")
