"""Fetch one page or file into a folder: every hop checked, everything counted, nothing half written left behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from ingest.fetch.address import Address, parse, redirected, shown
from ingest.fetch.body import ENCODINGS, as_utf8, unpacked
from ingest.fetch.exchange import Clock, Limits, Reply
from ingest.fetch.guard import Guard
from ingest.fetch.naming import media_type_of, name_of
from ingest.fetch.robots import USER_AGENT, Robots
from ingest.sizes import RAISE, over
from rag.errors import InputError, LoadError

if TYPE_CHECKING:
    import ssl

_STATUS = {
    401: "asks for a login, and Footnote has none: save the page in a browser and add the file.",
    403: "is closed to Footnote: save the page in a browser and add the file.",
    404: "does not exist (status 404): check the address.",
    410: "has been taken down for good (status 410).",
    407: "asks for a login of a proxy, and none is used.",
    429: "has been asked too often (status 429): try again later.",
    451: "is withheld for legal reasons (status 451).",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it was stored, and what to send with the next request for it."""

    path: Path
    url: str
    """Where it was found, after all redirects."""
    name: str
    media_type: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The page is still the one whose `etag` or `last_modified` was sent."""

    url: str


def fetch(
    url: str,
    *,
    into: Path,
    limits: Limits,
    etag: str = "",
    last_modified: str = "",
    guard: Guard = Guard(),  # noqa: B008 - frozen
    robots: Robots | None = None,
    context: ssl.SSLContext | None = None,
    stopping: threading.Event | None = None,
) -> Fetched | NotModified:
    """Store what is at an address as a file in the folder `into`, which is its own: the same name is replaced.

    `robots` is shared by the fetches of one run, so that a site is asked once for its rules. `context` is for sites
    with certificates of their own, and `stopping` ends it early. Raises InputError for an address that must not be
    asked for, LoadError for one that gives nothing; nothing is left in the folder then.
    """
    address = first = parse(url, ports=guard.ports)
    way = _Way(guard, Clock(limits, stopping or threading.Event()), robots or Robots(), context)
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": ENCODINGS}
    headers |= {"If-None-Match": etag} if _is_header(etag) else {}
    headers |= {"If-Modified-Since": last_modified} if _is_header(last_modified) else {}
    for _ in range(limits.max_redirects + 1):
        with _named(url, address, is_first=address == first), way.ask(address, headers) as reply:
            if reply.status not in _REDIRECTS:
                return _received(address, reply, into, limits)
            onward = reply.headers.get("location", "")
            if not onward:
                raise LoadError(f"leads on (status {reply.status}) without saying where.")
        address = _next(url, address, _as_text(onward), guard)
    raise LoadError(f"{shown(url)} leads on from page to page, more than {limits.max_redirects} times: check it.")


@dataclass(frozen=True, slots=True)
class _Way:
    guard: Guard
    clock: Clock
    robots: Robots
    context: ssl.SSLContext | None

    @contextmanager
    def ask(self, address: Address, headers: dict[str, str]) -> Iterator[Reply]:
        from ingest.fetch.connection import ask  # HTTP takes long to import, and few runs fetch anything

        self.robots.check(address, guard=self.guard, clock=self.clock, context=self.context)
        with ask(address, headers, guard=self.guard, clock=self.clock, context=self.context) as reply:
            yield reply


@contextmanager
def _named(url: str, address: Address, *, is_first: bool) -> Iterator[None]:
    """Begin the sentence of an error with the address that it is about, and the one that has led there."""
    try:
        yield
    except (LoadError, InputError) as error:
        subject = shown(url.strip()) if is_first else f"{shown(url.strip())} leads to {shown(str(address))}, which"
        raise type(error)(f"{subject} {error}") from error


def _next(url: str, address: Address, location: str, guard: Guard) -> Address:
    try:
        return redirected(address, location, ports=guard.ports)
    except InputError as error:
        raise InputError(f"{shown(url.strip())} leads to where nothing is fetched from: {error}") from error


def _received(address: Address, reply: Reply, into: Path, limits: Limits) -> Fetched | NotModified:
    if reply.status == 304:
        return NotModified(str(address))
    if reply.status not in (200, 203):
        serious = "failed" if reply.status >= 500 else "gave no page"
        raise LoadError(_STATUS.get(reply.status, f"{serious} (status {reply.status}): try again later."))
    media_type, charset = media_type_of(reply.headers.get("content-type", ""))
    name = name_of(address, media_type, _as_text(reply.headers.get("content-disposition", "")))
    _refuse_longer(reply.headers.get("content-length", ""), limits.max_bytes)
    pieces = unpacked(reply.chunks, reply.headers.get("content-encoding", ""), limits.max_bytes)
    path = _stored(as_utf8(pieces, charset) if media_type.startswith("text/") else pieces, into, name)
    kept = (reply.headers.get("etag", ""), reply.headers.get("last-modified", ""))
    return Fetched(path, str(address), name, media_type, *kept)


def _refuse_longer(length: str, max_bytes: int) -> None:
    """An honest server tells the length before: then nothing has to be read to see that it is too much."""
    if length.isascii() and length.isdecimal() and len(length) < 20 and int(length) > max_bytes:
        raise LoadError(f"{over(int(length), max_bytes)}: {RAISE}.")


def _stored(pieces: Iterable[bytes], folder: Path, name: str) -> Path:
    """Write under a name of its own first, so that the right name always stands for a whole file."""
    part = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as file:
            part = file.name
            for piece in pieces:
                file.write(piece)
        os.replace(part, folder / name)
    except OSError as error:
        raise InputError(f"{str(folder / name)!r} cannot be written ({error.strerror}): check the folder.") from error
    finally:
        with suppress(OSError):
            if part:
                os.unlink(part)
    return folder / name


def _as_text(header: str) -> str:
    """Headers are Latin-1 by the book, but many servers send UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _is_header(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()
