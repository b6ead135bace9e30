"""What a web page says of itself: its title without the site's name, its author, its dates, its language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.loaders.web_text import inline_text, is_hidden

_CREATED = ("article:published_time", "datepublished", "dcterms.created", "dc.date.issued", "dcterms.issued", "dc.date",
            "dcterms.date", "citation_publication_date", "date", "publish-date", "pubdate")  # fmt: skip
_MODIFIED = ("article:modified_time", "datemodified", "dcterms.modified", "og:updated_time", "last-modified")
_AUTHOR = ("author", "citation_author", "dc.creator", "dcterms.creator", "article:author", "parsely-author")
_MAX_JSON = 200_000
_MAX_OBJECTS = 200


def read_head(root: Any, content: Any) -> tuple[str, dict[str, str]]:  # noqa: ANN401 - lxml's elements have no type
    """(title, metadata) of a page; `content` is the element that holds its text."""
    found = _meta(root)
    linked = _json_ld(root)
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    metadata = {
        "language": language[:2].lower(),
        "author": _first(found, _AUTHOR) or _names(linked.get("author")) or _marked(root, "author"),
        "created": _first(found, _CREATED) or _text(linked.get("datePublished")) or _marked(root, "datePublished"),
        "modified": _first(found, _MODIFIED) or _text(linked.get("dateModified")) or _marked(root, "dateModified"),
    }
    return _title(root, content, found), metadata


def _title(root: Any, content: Any, found: Mapping[str, str]) -> str:  # noqa: ANN401
    """The page's title, cut where its own heading or og:title ends and the site's name follows."""
    title = " ".join((root.findtext(".//title") or "").split())
    shared, site = found.get("og:title", ""), found.get("og:site_name", "")
    headings = [heading for heading in content.iter("h1") if not is_hidden(heading)]
    heading = " ".join(inline_text(headings[0]).split()) if len(headings) == 1 else ""
    for shorter in (heading, shared):
        if shorter and shorter != site and re.match(re.escape(shorter) + r"(\W|\Z)", title):
            return shorter
    without_site = re.sub(rf"\s+[-|–—·•»:]\s+{re.escape(site)}\Z", "", title) if site else title
    return without_site or shared or heading


def _meta(root: Any) -> dict[str, str]:  # noqa: ANN401
    """The meta elements by their names in lower case, the first of each; several authors are joined."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip().lower()
        value = " ".join((meta.get("content") or "").split())
        if name == "citation_author" and name in found:
            found[name] += f"; {value}"
        elif name and value:
            found.setdefault(name, value)
    return found


def _first(found: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first that is there; an address in the place of a name is none."""
    return next((found[name] for name in names if name in found and not found[name].startswith("http")), "")


def _marked(root: Any, name: str) -> str:  # noqa: ANN401
    """What the page marks in its text as author or date (schema.org's microdata)."""
    for element in root.iter():
        if isinstance(element.tag, str) and name in (element.get("itemprop") or "").split():
            return str(element.get("datetime") or element.get("content") or " ".join(inline_text(element).split()[:12]))
    return ""


def _json_ld(root: Any) -> dict[str, Any]:  # noqa: ANN401
    """The first description of a text among the page's JSON-LD: one with a headline or a date."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json" and script.text:
            try:
                value = json.loads(script.text[:_MAX_JSON])
            except (ValueError, RecursionError):
                continue
            for described in _objects(value):
                if "datePublished" in described or "headline" in described:
                    return described
    return {}


def _objects(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - whatever JSON holds
    """The objects of a list or a graph, at the top alone: what is nested there describes something else."""
    rows = value if isinstance(value, list) else [value]
    for row in rows[:_MAX_OBJECTS]:
        if isinstance(row, dict):
            yield row
            graph = row.get("@graph")
            yield from (
                inner for inner in (graph if isinstance(graph, list) else [])[:_MAX_OBJECTS] if _is_object(inner)
            )


def _is_object(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, dict)


def _names(value: Any) -> str:  # noqa: ANN401
    """One author or several, given as names or as objects that have one."""
    rows = value if isinstance(value, list) else [value]
    names = [_text(row.get("name")) if isinstance(row, dict) else _text(row) for row in rows[:20]]
    return ", ".join(name for name in names if name and not name.startswith("http"))


def _text(value: Any) -> str:  # noqa: ANN401
    return " ".join(value.split()) if isinstance(value, str) else ""
