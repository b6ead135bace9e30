"""EPUB books: each part of the spine is a page with the chapter's title as its label."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ingest.loaders.archive import local_name, open_archive, parse_xml, read_member
from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode_markup
from ingest.loaders.source import SourceFile
from ingest.loaders.web import add_html

if TYPE_CHECKING:
    import zipfile

_METADATA = {"creator": "author", "date": "created", "language": "language", "title": "title"}


def load_epub(source: SourceFile) -> Assembly:
    """Chapters of a book. Raises LoadError when its content is encrypted or its table of parts is missing."""
    with open_archive(source) as archive:
        name = _package_name(archive)
        package = parse_xml(read_member(archive, name), recover=True)
        if package is None:
            raise source.error("has no table of its parts: it is damaged; get a fresh copy of it.")
        assembly = Assembly(metadata=_metadata(package))
        assembly.title = assembly.metadata.pop("title", "")
        parts = list(_spine(package, posixpath.dirname(name)))
        if _is_encrypted(archive, parts):
            raise source.error("is protected against copying: get a copy without protection.")
        labels = _labels(archive, package, posixpath.dirname(name))
        for part in parts:
            assembly.begin_page(labels.get(part, ""))
            add_html(assembly, decode_markup(read_member(archive, part)))
    return assembly


def _package_name(archive: zipfile.ZipFile) -> str:
    root = parse_xml(read_member(archive, "META-INF/container.xml"), recover=True)
    for element in root.iter() if root is not None else ():
        if local_name(element) == "rootfile" and element.get("full-path"):
            return str(element.get("full-path"))
    return next((name for name in archive.namelist() if name.endswith(".opf")), "")


def _metadata(package: Any) -> dict[str, str]:  # noqa: ANN401
    found: dict[str, str] = {}
    for element in package.iter():
        key = _METADATA.get(local_name(element))
        if key and key not in found and element.text and local_name(element.getparent()) == "metadata":
            found[key] = element.text.strip()[:2].lower() if key == "language" else element.text.strip()
    return found


def _items(package: Any, folder: str) -> dict[str, tuple[str, str, str]]:  # noqa: ANN401
    """Manifest id -> (part name, media type, properties)."""
    return {
        element.get("id") or "": (
            _resolved(folder, element.get("href") or ""),
            element.get("media-type") or "",
            element.get("properties") or "",
        )
        for element in package.iter()
        if local_name(element) == "item"
    }


def _resolved(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.split("#", 1)[0]))).lstrip("/")


def _spine(package: Any, folder: str) -> Iterator[str]:  # noqa: ANN401
    """Names of the text parts in reading order, without the table of contents."""
    items = _items(package, folder)
    for element in package.iter():
        if local_name(element) == "itemref":
            name, media_type, properties = items.get(element.get("idref") or "", ("", "", ""))
            if name and "html" in media_type and "nav" not in properties.split():
                yield name


def _is_encrypted(archive: zipfile.ZipFile, parts: list[str]) -> bool:
    """Whether chapters are; embedded fonts may be, which does not matter."""
    root = parse_xml(read_member(archive, "META-INF/encryption.xml"), recover=True)
    uris = {element.get("URI") for element in root.iter()} if root is not None else set()
    return any(part in uris for part in parts)


def _labels(archive: zipfile.ZipFile, package: Any, folder: str) -> dict[str, str]:  # noqa: ANN401
    """Part name -> the chapter's title in the table of contents, of EPUB 3 or 2; the first entry of a part counts."""
    labels: dict[str, str] = {}
    for name, media_type, properties in _items(package, folder).values():
        if "nav" in properties.split() or media_type == "application/x-dtbncx+xml":
            for target, text in _entries(parse_xml(read_member(archive, name), recover=True)):
                labels.setdefault(_resolved(posixpath.dirname(name), target), text)
    return labels


def _entries(root: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    for element in root.iter() if root is not None else ():
        if local_name(element) == "a" and element.get("href"):
            yield element.get("href"), " ".join(element.itertext())
        elif local_name(element) == "navPoint":
            label = next((child for child in element if local_name(child) == "navLabel"), None)
            content = next((child for child in element if local_name(child) == "content"), None)
            if label is not None and content is not None:
                yield content.get("src") or "", " ".join(label.itertext())
