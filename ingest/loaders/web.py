"""HTML: what a reader of the page sees, block by block; scripts, comments and hidden parts are left out."""

from __future__ import annotations

import re
from typing import Any

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode_markup
from ingest.loaders.raised import raised
from ingest.loaders.source import Defect, SourceFile
from ingest.loaders.tables import markdown_table
from ingest.loaders.web_head import read_head
from ingest.loaders.web_lists import LISTS, list_lines
from ingest.loaders.web_main import main_part
from ingest.loaders.web_tables import is_layout, table_rows
from ingest.loaders.web_text import (
    BREAK,
    CONTAINERS,
    MAX_DEPTH,
    inline_text,
    is_hidden,
    is_raised,
    normalised,
    visible_text,
)
from ingest.loaders.web_unseen import mark_unseen

_BLANK_LINE = re.compile(r"\x00\s*\x00")
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|(?P<tag><(?:(?P<raw>script|style)\b|[a-z])"""
    r"""(?:[^>=]|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?)*+)(?(raw).*?(?:</(?P=raw)|\Z))""",
    re.IGNORECASE | re.DOTALL,
)
"""A tag; of scripts and styles all, since what looks like a tag in them is none. No character is looked at twice."""
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s"'>]*+)""")
_NAME = re.compile(r"[^\s/]++")
_MOST_ATTRIBUTES = 5000
"""Of one tag: libxml2 compares each with all before it, so that many would take it minutes."""
_DECLARATIONS = re.compile(r"\A\s*<!DOCTYPE[^<>\[]*+\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)
"""XHTML may declare entities of its own, which HTML does not know: the end of it would be read as text."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def load_html(source: SourceFile) -> Assembly:
    """Blocks of a web page's main content; the title is the page's own."""
    assembly = Assembly()
    root = _parse(decode_markup(source.read()))
    if root is not None:
        assembly.warn_of_unseen(mark_unseen(root))
        content = main_part(root)
        assembly.title, metadata = read_head(root, content)
        assembly.metadata |= metadata
        _Walk(assembly).walk(content, 0)
    return assembly


def add_html(assembly: Assembly, markup: str) -> None:
    """Add all blocks of an HTML text to an assembly: a mail or a chapter has nothing around its content."""
    root = _parse(markup)
    if root is not None:
        assembly.warn_of_unseen(mark_unseen(root))
        _Walk(assembly).walk(root, 0)


def _parse(markup: str) -> Any:  # noqa: ANN401 - lxml's elements have no public type
    from lxml import etree

    markup = re.sub(r"\A\s*<\?xml[^>]*\?>", "", markup.replace("\0", ""))
    markup = _DECLARATIONS.sub("", markup)
    _check_attributes(markup)
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True)
    # UTF-8 with lone surrogates replaced: libxml2 takes bytes, and the text has been decoded with care before.
    root = etree.fromstring(markup.encode("utf-8", "replace"), parser) if markup.strip() else None
    if any("Excessive depth" in said.message for said in parser.error_log):  # what stands deeper would be lost unseen
        raise RecursionError
    return root


def _check_attributes(markup: str) -> None:
    for found in _TAG.finditer(markup):
        tag = found["tag"] or ""
        if len(tag) > 2 * _MOST_ATTRIBUTES:
            n_attributes = len(_NAME.findall(_VALUE.sub(" ", tag))) - 1
            if n_attributes > _MOST_ATTRIBUTES:
                raise Defect(
                    f"has a tag with more than {_MOST_ATTRIBUTES:,} attributes, which no page that people read has: "
                    "save its text as another file and add that."
                )


class _Walk:
    """Depth-first walk that gathers running text until a block element begins or ends."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._inline: list[str] = []

    def walk(self, element: Any, depth: int) -> None:  # noqa: ANN401
        """Add what is inside the element, then flush the running text."""
        self._children(element, depth)
        self._flush()

    def _children(self, element: Any, depth: int) -> None:  # noqa: ANN401
        self._inline.append(element.text or "")
        for child in element:
            if not is_hidden(child):
                self._element(child, depth + 1)
            self._inline.append(child.tail or "")

    def _element(self, element: Any, depth: int) -> None:  # noqa: ANN401
        tag = element.tag
        if tag == "br":
            self._inline.append(BREAK)
        elif is_raised(element):
            self._inline.append(raised(element.text or ""))
        elif depth > MAX_DEPTH:
            self._inline.append(" ".join(element.itertext()))
        elif tag not in CONTAINERS:
            self._children(element, depth)
        else:
            self._flush()
            self._block(element, tag, depth)

    def _block(self, element: Any, tag: str, depth: int) -> None:  # noqa: ANN401
        if tag in _HEADINGS:
            self._assembly.add("heading", " ".join(inline_text(element).split()), int(tag[1]))
        elif tag == "pre":
            self._assembly.add("code", "".join(visible_text(element, keep_breaks=True)))
        elif tag in LISTS:
            self._assembly.add("list", "\n".join(list_lines(element, 0)))
        elif tag == "table" and not is_layout(element):
            self._table(element)
        else:
            self.walk(element, depth)

    def _table(self, element: Any) -> None:  # noqa: ANN401
        caption = element.find("caption")
        if caption is not None and not is_hidden(caption):
            self._assembly.add("paragraph", inline_text(caption))
        self._assembly.add("table", markdown_table(table_rows(element)))

    def _flush(self) -> None:
        text, self._inline = "".join(self._inline), []
        for part in _BLANK_LINE.split(text):
            self._assembly.add("paragraph", normalised(part))
