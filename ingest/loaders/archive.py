"""ZIP based documents, checked before anything is parsed: number of members, inflated size, ratio and names."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ingest.loaders.source import SourceFile

MAX_MEMBERS = 10_000
MAX_INFLATED = 500_000_000
MAX_RATIO = 200
RATIO_FROM = 1_000_000
"""Members below this inflated size may have any ratio: a small file of spaces is no bomb."""
_PROPERTIES = {
    "title": "title",
    "creator": "author",
    "initial-creator": "author",
    "created": "created",
    "creation-date": "created",
    "modified": "modified",
    "date": "modified",
}
_STEP = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def open_archive(source: SourceFile) -> Iterator[zipfile.ZipFile]:
    """A ZIP file whose members were all inflated once and found to be within the limits; raises LoadError."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            _check(source, archive)
            yield archive
    except _BROKEN as error:
        raise source.error("is damaged or cut off and cannot be unpacked: get a fresh copy of it.") from error


def _check(source: SourceFile, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise source.error(f"holds {len(members):,} parts, and the limit is {MAX_MEMBERS:,}: split the document.")
    if any(".." in member.filename.replace("\\", "/").split("/") for member in members):
        raise source.error("holds a part whose name points outside of it, which no real document does.")
    if any(member.flag_bits & 1 for member in members):
        raise source.error("is protected with a password: save a copy without a password and add that.")
    left = MAX_INFLATED
    for member in members:
        left -= _inflated_size(source, archive, member, left)


def _inflated_size(source: SourceFile, archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """Bytes that really come out, whatever the header says."""
    size, allowed = 0, max(RATIO_FROM, MAX_RATIO * member.compress_size)
    with archive.open(member) as stream:
        while piece := stream.read(_STEP):
            size += len(piece)
            if size > allowed:
                raise source.error(
                    f"holds a part that unpacks to more than {MAX_RATIO} times its size, as a ZIP bomb does: "
                    "if you know where it comes from, save it anew, or as a PDF, and add that."
                )
            if size > left:
                raise source.error(
                    f"unpacks to more than {MAX_INFLATED // 1_000_000:,} MB, which is the limit: split the document."
                )
    return size


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of a member; empty when there is none of that name, with or without a leading slash."""
    try:
        return archive.read(name.lstrip("/"))
    except KeyError:
        return b""


def parse_xml(data: bytes, *, recover: bool = False) -> Any:  # noqa: ANN401 - lxml's elements have no public type
    """The root element, or None for no data; entities stay unexpanded and nothing is fetched.

    `recover` goes on where the markup is wrong, and gives None where nothing can be made of it.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=recover
    )
    return etree.fromstring(data, parser) if data.strip() else None


def local_name(element: Any) -> str:  # noqa: ANN401
    """The tag without its namespace; empty for entities and comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def local_attribute(element: Any, name: str) -> str:  # noqa: ANN401
    """An attribute by its name without namespace: both flavours of Office XML use the same names."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def core_properties(data: bytes) -> dict[str, str]:
    """Title, author, created and modified of an Office or OpenDocument file's property part."""
    root = parse_xml(data)
    found: dict[str, str] = {}
    for element in root.iter() if root is not None else ():
        key = _PROPERTIES.get(local_name(element))
        if key and element.text and element.text.strip() not in ("", "python-docx"):
            found[key] = element.text.strip()
    return found
