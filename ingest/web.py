"""Web pages as files on their way in: fetched into the home, and asked for again with what their server said."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from indexes.library import Library
from indexes.records import SourceRecord
from ingest.drafts import draft_folder
from ingest.fetch import Fetched, Guard, Limits, Robots, fetch
from ingest.files import File
from ingest.kept import keep_file
from ingest.sources import INSIDE
from rag.errors import InputError, StoreError
from rag.settings import Settings

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether this is the address of a web page rather than a path."""
    return _ADDRESS.match(text) is not None


def web_page(address: str) -> File:
    """A page to be fetched, listed under its address without the place on it. Raises InputError."""
    try:
        url = urldefrag(address.strip()).url
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if not address.isprintable() or len(address) > 4000 or not parts.hostname:
        raise InputError(f"{address[:200]!r} is no address of a web page: check it for odd characters")
    if "@" in parts.netloc:  # it would be shown wherever the page is
        raise InputError(f"the address of a page on {parts.hostname} has a user name or password in it: take it out")
    url = url.replace(INSIDE, "%21/")  # the same page, under an address that is no file inside of another
    return File(Path(), url, url=url)


class Web:
    """Fetches for one run: a site is asked once for its rules."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._guard = guard_of(library.settings)
        self._robots = Robots()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End what is being fetched, and fetch nothing more."""
        self._stopping.set()

    def fetched(self, file: File, collection: str, limit: int, *, again: bool) -> File | SourceRecord:
        """The page as a file that the home keeps, or the record of what is there when it has not changed.

        Raises InputError for an address that must not be asked for, LoadError for one that gives nothing.
        """
        home = self._library.settings.home
        known = None if again else self._library.catalogue.sources.find(collection, file.source)
        try:
            with draft_folder(home) as folder:
                found = fetch(
                    file.url,
                    into=folder,
                    limits=Limits(max_bytes=limit),
                    etag=known.etag if known else "",
                    last_modified=known.last_modified if known else "",
                    guard=self._guard,
                    robots=self._robots,
                    stopping=self._stopping,
                )
                if isinstance(found, Fetched):
                    kept = keep_file(home, found.name, found.path)
                    return replace(file, path=kept.path, etag=found.etag, last_modified=found.last_modified)
        except OSError as error:
            raise StoreError(f"{home} cannot be written ({error.strerror}): make room there") from error
        if known is None:
            raise InputError(f"{file.url} says that it has not changed, though nobody asked: try again")
        return known


def guard_of(settings: Settings) -> Guard:
    """What may be fetched: public addresses, and the networks that the settings open."""
    ports = frozenset(int(port) for port in settings.fetch_ports.split())
    return Guard(ports=ports, allowed=tuple(ip_network(part) for part in settings.fetch_networks.split()))
