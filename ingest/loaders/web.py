"""HTML: what a reader of the page sees, block by block; scripts, comments and hidden parts are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode_markup
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table

MAX_DEPTH = 200
_DROPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "nav",
        "iframe",
        "object",
        "embed",
        "applet",
        "svg",
        "canvas",
        "audio",
        "video",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "datalist",
        "map",
        "area",
        "dialog",
    ]
)
_CONTAINERS = frozenset(
    [
        "html",
        "body",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "address",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "legend",
        "details",
        "summary",
        "center",
        "hgroup",
        "blockquote",
        "p",
        "li",
        "dd",
        "dt",
        "caption",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "table",
        "ul",
        "ol",
        "dl",
        "pre",
        "hr",
        "menu",
        "dir",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0(?![.\d]*[1-9])"
)
_BREAK = "\x00"
_BLANK_LINE = re.compile(r"\x00\s*\x00")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})


def load_html(source: SourceFile) -> Assembly:
    """Blocks of a web page; the title is the page's own."""
    assembly = Assembly()
    add_html(assembly, decode_markup(source.read()), with_metadata=True)
    return assembly


def add_html(assembly: Assembly, markup: str, *, with_metadata: bool = False) -> None:
    """Add the blocks of an HTML text to an assembly."""
    root = _parse(markup)
    if root is None:
        return
    if with_metadata:
        _read_head(assembly, root)
    _Walk(assembly).walk(root, 0)


def _parse(markup: str) -> Any:  # noqa: ANN401 - lxml's elements have no public type
    from lxml import etree

    markup = re.sub(r"\A\s*<\?xml[^>]*\?>", "", markup.replace("\0", ""))
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    # UTF-8 with lone surrogates replaced: libxml2 takes bytes, and the text has been decoded with care before.
    return etree.fromstring(markup.encode("utf-8", "replace"), parser) if markup.strip() else None


def _read_head(assembly: Assembly, root: Any) -> None:  # noqa: ANN401
    assembly.title = " ".join((root.findtext(".//title") or "").split())
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    found = {
        (meta.get("name") or meta.get("property") or "").lower(): meta.get("content") or ""
        for meta in root.iter("meta")
    }
    assembly.metadata |= {
        "language": language[:2].lower(),
        "author": found.get("author", ""),
        "created": found.get("article:published_time") or found.get("date") or found.get("dcterms.created", ""),
        "modified": found.get("article:modified_time") or found.get("dcterms.modified", ""),
    }


def _is_hidden(element: Any) -> bool:  # noqa: ANN401
    if not isinstance(element.tag, str) or element.tag in _DROPPED or "hidden" in element.attrib:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style.lower())) or element.get("role") == "navigation"


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
            if not _is_hidden(child):
                self._element(child, depth + 1)
            self._inline.append(child.tail or "")

    def _element(self, element: Any, depth: int) -> None:  # noqa: ANN401
        tag = element.tag
        if tag == "br":
            self._inline.append(_BREAK)
        elif depth > MAX_DEPTH:
            self._inline.append(" ".join(element.itertext()))
        elif tag not in _CONTAINERS:
            self._children(element, depth)
        else:
            self._flush()
            self._block(element, tag, depth)

    def _block(self, element: Any, tag: str, depth: int) -> None:  # noqa: ANN401
        if tag in _HEADINGS:
            self._assembly.add("heading", " ".join(inline_text(element).split()), int(tag[1]))
        elif tag == "pre":
            self._assembly.add("code", "".join(visible_text(element, keep_breaks=True)))
        elif tag in ("ul", "ol", "menu", "dir", "dl"):
            self._assembly.add("list", "\n".join(_list_lines(element, 0)))
        elif tag == "table" and not _is_layout(element):
            self._table(element)
        else:
            self.walk(element, depth)

    def _table(self, element: Any) -> None:  # noqa: ANN401
        caption = element.find("caption")
        if caption is not None:
            self._assembly.add("paragraph", inline_text(caption))
        self._assembly.add("table", markdown_table(_rows(element)))

    def _flush(self) -> None:
        text, self._inline = "".join(self._inline), []
        for part in _BLANK_LINE.split(text):
            self._assembly.add("paragraph", _normalised(part))


def visible_text(element: Any, *, keep_breaks: bool = False, depth: int = 0) -> Iterator[str]:  # noqa: ANN401
    """The pieces of text inside an element, without hidden parts; block borders become line breaks."""
    if depth > MAX_DEPTH:
        return
    yield element.text or ""
    for child in element:
        if not _is_hidden(child):
            edge = "" if keep_breaks and child.tag != "br" else _edge(child.tag)
            yield "\n" if keep_breaks and edge else edge
            yield from visible_text(child, keep_breaks=keep_breaks, depth=depth + 1)
            yield "" if keep_breaks or child.tag == "br" else edge
        yield child.tail or ""


def _edge(tag: str) -> str:
    return _BREAK if tag == "br" or tag in _CONTAINERS else ""


def inline_text(element: Any) -> str:  # noqa: ANN401
    """The visible text of an element with single spaces; line breaks only where the page has them."""
    return _normalised("".join(visible_text(element)))


def _normalised(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)


def _is_layout(table: Any) -> bool:  # noqa: ANN401
    """Tables that only arrange a page: with tables, headings or lists of their own, or of one single cell."""
    if table.get("role") == "presentation" or any(table.find(f".//{tag}") is not None for tag in _HEADINGS[:3]):
        return True
    cells = [cell for line in _own_rows(table) for cell in line]
    if len(cells) < 2:
        return True
    is_headed = any(cell.tag == "th" for cell in cells)
    return not is_headed and any(table.find(f".//{tag}") is not None for tag in ("table", "pre"))


def _own_rows(table: Any) -> list[Any]:  # noqa: ANN401
    """Rows of the table itself, not those of tables inside it."""
    groups = [table, *(child for child in table if child.tag in _ROW_GROUPS)]
    rows = [child for group in groups for child in group if child.tag == "tr"]
    return rows if len(groups) < 3 else sorted(rows, key=lambda row: row.getparent().tag == "tfoot")


def _rows(table: Any) -> list[list[str]]:  # noqa: ANN401
    """Cells by row; a cell that spans rows or columns is repeated in each of them."""
    rows: list[list[str]] = []
    pending: dict[int, tuple[int, str]] = {}
    for line in _own_rows(table):
        cells = [cell for cell in line if cell.tag in ("td", "th") and not _is_hidden(cell)]
        rows.append(_row(cells, pending))
    return rows


def _row(cells: list[Any], pending: dict[int, tuple[int, str]]) -> list[str]:
    row: list[str] = []
    for cell in cells:
        _take_pending(row, pending)
        text, n_rows = inline_text(cell), _span(cell, "rowspan")
        for _ in range(_span(cell, "colspan")):
            if n_rows > 1:
                pending[len(row)] = (n_rows - 1, text)
            row.append(text)
    _take_pending(row, pending)
    return row


def _take_pending(row: list[str], pending: dict[int, tuple[int, str]]) -> None:
    while len(row) in pending:
        n_left, text = pending.pop(len(row))
        if n_left > 1:
            pending[len(row)] = (n_left - 1, text)
        row.append(text)


def _span(cell: Any, name: str) -> int:  # noqa: ANN401
    value = cell.get(name) or "1"
    return min(int(value), 100) if value.isdecimal() and int(value) > 0 else 1


def _list_lines(element: Any, depth: int) -> Iterator[str]:  # noqa: ANN401
    number = 0
    for item in element:
        if _is_hidden(item):
            continue
        if item.tag in ("ul", "ol", "dl", "menu"):
            yield from _list_lines(item, depth + 1)
            continue
        number += 1
        marker = f"{number}. " if element.tag == "ol" else "- " if item.tag != "dd" else "  "
        yield from _item_lines(item, "  " * depth + marker, depth)


def _item_lines(item: Any, marker: str, depth: int) -> Iterator[str]:  # noqa: ANN401
    if depth > 20:
        return
    nested = [child for child in item.iter("ul", "ol", "dl", "menu") if not _is_hidden(child)]
    own = inline_text(_without_lists(item)) if nested else inline_text(item)
    if own.strip():
        yield marker + own.replace("\n", "\n" + " " * len(marker))
    for child in nested:
        if next(parent for parent in child.iterancestors("ul", "ol", "dl", "menu")) in (item.getparent(),):
            yield from _list_lines(child, depth + 1)


def _without_lists(item: Any) -> Any:  # noqa: ANN401
    from copy import deepcopy

    copied = deepcopy(item)
    for child in list(copied.iter("ul", "ol", "dl", "menu")):
        parent = child.getparent()
        if parent is not None and child is not copied:
            _drop(child, parent)
    return copied


def _drop(child: Any, parent: Any) -> None:  # noqa: ANN401
    """Remove an element but keep the text after it."""
    before = child.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + " " + (child.tail or "")
    else:
        parent.text = (parent.text or "") + " " + (child.tail or "")
    parent.remove(child)
