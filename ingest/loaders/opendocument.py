"""OpenDocument texts and presentations: headings, paragraphs, lists and tables; notes follow their paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.loaders.archive import core_properties, local_attribute, local_name, open_archive, parse_xml, read_member
from ingest.loaders.assembly import Assembly
from ingest.loaders.embedded import warn_of_embedded
from ingest.loaders.raised import superscript
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table
from ingest.loaders.titles import looks_like_title

_NOT_READ = frozenset(
    {"tracked-changes", "annotation", "annotation-end", "forms", "sequence-decls", "settings", "notes"}
)
_MAX_DEPTH = 256
"""The XML parser goes no deeper, so nothing is lost."""
_MAX_REPEAT = 100


def load_opendocument(source: SourceFile) -> Assembly:
    """Blocks of a text document, or of each slide of a presentation. Raises LoadError when it is encrypted."""
    with open_archive(source) as archive:
        if b"encryption-data" in read_member(archive, "META-INF/manifest.xml"):
            raise source.error("is protected with a password: save a copy without a password and add that.")
        content = parse_xml(read_member(archive, "content.xml"))
        found = core_properties(read_member(archive, "meta.xml"))
        names = archive.namelist()
    if content is None:
        raise source.error("has no document part inside: it is damaged; get a fresh copy of it.")
    title = found.pop("title", "")
    assembly = Assembly(title=title if looks_like_title(title) else "", metadata=found)
    for body in (element for element in content.iter() if local_name(element) == "body"):
        _Reader(assembly).walk(body, 0)
    warn_of_embedded(assembly.warnings, names)
    return assembly


class _Reader:
    """Walks the body and adds what it finds."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly

    def walk(self, parent: Any, depth: int) -> None:  # noqa: ANN401
        """Add every block below the element."""
        if depth > _MAX_DEPTH:
            return
        for child in parent:
            self._element(child, local_name(child), depth)

    def _element(self, element: Any, name: str, depth: int) -> None:  # noqa: ANN401
        if name == "h":
            level = local_attribute(element, "outline-level")
            self._assembly.add(
                "heading", " ".join(text_of(element).split()), min(int(level), 9) if level.isdecimal() else 1
            )
        elif name == "p":
            self._paragraph(element, depth)
        elif name == "list":
            self._assembly.add("list", "\n".join(_list_lines(element, 0)))
        elif name == "table":
            self._assembly.add("table", markdown_table(_rows(element)))
        elif name not in _NOT_READ:
            if name == "page":
                self._assembly.begin_page()
            self.walk(element, depth + 1)

    def _paragraph(self, element: Any, depth: int) -> None:  # noqa: ANN401
        style = local_attribute(element, "style-name")
        text = text_of(element)
        if style == "Title":
            self._assembly.title = self._assembly.title or " ".join(text.split())
            self._assembly.add("heading", " ".join(text.split()), 1)
        else:
            self._assembly.add("code" if style.startswith("Preformatted") else "paragraph", text)
        for inner in element.iter():
            name = local_name(inner)
            if name == "note-body":
                self._assembly.add("paragraph", " ".join(text_of(part) for part in inner))
            elif name == "text-box":
                self.walk(inner, depth + 1)


def text_of(element: Any) -> str:  # noqa: ANN401
    """The text of a paragraph; white space is as OpenDocument defines it."""
    return "".join(_pieces(element, 0))


def _pieces(element: Any, depth: int) -> Iterator[str]:  # noqa: ANN401
    if depth > _MAX_DEPTH:
        return
    yield " ".join((element.text or "").split("\n"))
    for child in element:
        name = local_name(child)
        if name == "s":
            count = local_attribute(child, "c")
            yield " " * (min(int(count), _MAX_REPEAT) if count.isdecimal() else 1)
        elif name == "note-citation":
            yield superscript("".join(_pieces(child, depth + 1)))
        elif name in ("tab", "line-break"):
            yield "\t" if name == "tab" else "\n"
        elif name not in _NOT_READ and name not in ("note-body", "text-box"):
            yield from _pieces(child, depth + 1)
        yield " ".join((child.tail or "").split("\n"))


def _list_lines(element: Any, depth: int) -> Iterator[str]:  # noqa: ANN401
    if depth > _MAX_DEPTH:
        return
    for item in element:
        for child in item:
            name = local_name(child)
            if name in ("p", "h") and text_of(child).strip():
                yield "  " * depth + "- " + " ".join(text_of(child).split())
            elif name == "list":
                yield from _list_lines(child, depth + 1)


def _rows(table: Any) -> list[list[str]]:  # noqa: ANN401
    """Cells of a table's own rows; repeated and covered cells are written out, the latter empty."""
    rows = []
    for line in _own(table, "table-row"):
        row: list[str] = []
        for cell in line:
            if local_name(cell) in ("table-cell", "covered-table-cell"):
                count = local_attribute(cell, "number-columns-repeated")
                row += [_cell(cell)] * (min(int(count), _MAX_REPEAT) if count.isdecimal() else 1)
        rows.append(row)
    return rows


def _own(table: Any, name: str, depth: int = 0) -> Iterator[Any]:  # noqa: ANN401
    for child in table:
        if local_name(child) == name:
            yield child
        elif local_name(child) in ("table-header-rows", "table-rows", "table-row-group") and depth < _MAX_DEPTH:
            yield from _own(child, name, depth + 1)


def _cell(cell: Any) -> str:  # noqa: ANN401
    return " ".join(text_of(element) for element in cell.iter() if local_name(element) in ("p", "h"))
