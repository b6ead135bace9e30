"""What a fetched file is called: a name that people recognise, with the ending of what it is."""

from __future__ import annotations

import re
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote

from ingest.fetch.address import Address
from ingest.sniff import BY_SUFFIX, FORMATS, supported
from rag.errors import LoadError

_KINDS = {known.media_type: kind for kind, known in FORMATS.items() if kind != "code"} | {
    "application/xhtml+xml": "html",
    "text/x-markdown": "md",
    "application/csv": "csv",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
    "application/geo+json": "json",
    "application/ld+json": "json",
    "text/rtf": "rtf",
    "application/x-pdf": "pdf",
}
"""Media type -> kind of file."""
_SAYS_NOTHING = frozenset(
    {
        "", "application/octet-stream", "binary/octet-stream", "application/force-download", "application/download",
        "application/x-download", "application/zip", "application/x-zip-compressed",
    }
)  # fmt: skip
"""Here the name decides."""
_TEXT_LIKE = re.compile(r"text/[\w.+-]+|application/(?:[\w.-]+\+)?(?:xml|yaml|toml|x-yaml|javascript)")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]+')
_MAX_NAME = 100
_SCRIPTS = frozenset({".php", ".asp", ".aspx", ".jsp", ".cgi", ".pl", ".py", ".do"})
"""Endings of programs that write pages."""


def media_type_of(header: str) -> tuple[str, str]:
    """(media type, charset) of a Content-Type header, both in lower case, each empty where it is not said."""
    message = Message()
    message["Content-Type"] = header
    media_type = header.split(";", maxsplit=1)[0].strip().lower()
    return media_type, (message.get_content_charset("") if "/" in media_type else "")


def name_of(address: Address, media_type: str, disposition: str) -> str:
    """The file's name. Raises LoadError, without saying whose, for a kind that no loader reads."""
    name = _plain(_from_disposition(disposition)) or _plain(unquote(address.path).rstrip("/").split("/")[-1])
    stem, suffix = _parted(name)
    kind = _kind(media_type, suffix)
    if kind == BY_SUFFIX.get(suffix) and stem:
        return stem + suffix
    if suffix and suffix not in BY_SUFFIX and suffix not in _SCRIPTS:
        stem += suffix
    return (stem or _plain(address.host) or "page") + FORMATS[kind].suffixes[0]


def _kind(media_type: str, suffix: str) -> str:
    """What the server says it is; where it says nothing, or only that it is text, what the name says."""
    named = BY_SUFFIX.get(suffix, "")
    if named and media_type in _SAYS_NOTHING:
        return named
    if media_type == "application/json" and named and "json" in FORMATS[named].media_type:
        return named  # a notebook, for example
    if media_type in _KINDS and media_type != "text/plain":
        return _KINDS[media_type]
    if _TEXT_LIKE.fullmatch(media_type):
        return named if named and FORMATS[named].media_type.startswith(("text/", "application/js")) else "txt"
    said = f"is of the kind {media_type[:80]!r}" if media_type else "does not say of what kind it is"
    raise LoadError(f"{said}, which cannot be read; what can be read: {supported()}.")


def _parted(name: str) -> tuple[str, str]:
    suffix = PurePosixPath(name).suffix
    return (name.removesuffix(suffix), suffix.lower()) if 1 < len(suffix) <= 10 else (name, "")


def _from_disposition(header: str) -> str:
    """The file name of a Content-Disposition header, with or without a charset of its own."""
    message = Message()
    message["Content-Disposition"] = header
    try:
        return message.get_filename("") if header else ""
    except (LookupError, ValueError):  # a charset that does not exist, or bytes that are not in it
        return ""


def _plain(name: str) -> str:
    """A name alone: no folders, nothing invisible or that a file system refuses, not hidden, not too long."""
    name = name.replace("\\", "/").rstrip("/").split("/")[-1]
    name = "".join(c if c.isprintable() else " " for c in _FORBIDDEN.sub(" ", name))
    name = " ".join(name.encode("utf-8", "ignore").decode().split()).strip(". ")
    stem, suffix = _parted(name)
    while len((stem + suffix).encode()) > _MAX_NAME:
        stem = stem[:-1]
    return stem.rstrip() + suffix
