"""Word documents: the body in reading order, then footnotes, then headers and footers; comments are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.loaders.archive import core_properties, local_attribute, local_name, open_archive, parse_xml, read_member
from ingest.loaders.assembly import Assembly
from ingest.loaders.charts import chart_table
from ingest.loaders.docx_styles import Numbering, Styles
from ingest.loaders.docx_text import paragraph_text, paragraphs_in, text_boxes
from ingest.loaders.docx_unseen import n_unseen_words
from ingest.loaders.embedded import add_words_of_pictures, warn_of_embedded
from ingest.loaders.raised import superscript
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table
from ingest.loaders.titles import looks_like_title
from rag.types import counted

if TYPE_CHECKING:
    import zipfile

_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "AlternateContent", "Choice"})
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_MAX_DEPTH = 256
"""The XML parser goes no deeper, so nothing is lost."""


def load_docx(source: SourceFile) -> Assembly:
    """Headings, paragraphs, lists and tables of a Word document. Raises LoadError for a package without a body."""
    with open_archive(source) as archive:
        main = parse_xml(read_member(archive, _main_part(archive)))
        body = next((child for child in main if local_name(child) == "body"), None) if main is not None else None
        if body is None:
            raise source.error("has no document part inside: it is damaged; get a fresh copy of it.")
        assembly = Assembly()
        _properties(assembly, archive)
        reader = _Reader(assembly, archive)
        reader.read(body)
        _charts(assembly, archive)
        _notes(assembly, archive)
        _margins(assembly, archive)
        _comments(assembly, archive)
        if n_unseen := n_unseen_words(body):
            were = "was" if n_unseen == 1 else "were"
            assembly.warnings.append(f"{counted(n_unseen, 'word')} that nobody sees in the document {were} left out.")
        if assembly.is_blank():
            pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
            add_words_of_pictures(assembly, archive, pictures)
        warn_of_embedded(assembly.warnings, archive.namelist(), assembly.n_pictures_read)
    return assembly


def _main_part(archive: zipfile.ZipFile) -> str:
    root = parse_xml(read_member(archive, "_rels/.rels"))
    for relation in root if root is not None else ():
        if (relation.get("Type") or "").endswith("/officeDocument"):
            return relation.get("Target") or ""
    return "word/document.xml"


def _properties(assembly: Assembly, archive: zipfile.ZipFile) -> None:
    found = core_properties(read_member(archive, "docProps/core.xml"))
    title = found.pop("title", "")
    assembly.title = title if looks_like_title(title) else ""
    assembly.metadata |= found


class _Reader:
    """Walks the body; list items and lines of code gather until the run ends."""

    def __init__(self, assembly: Assembly, archive: zipfile.ZipFile) -> None:
        self._assembly = assembly
        self._styles = Styles(parse_xml(read_member(archive, "word/styles.xml")))
        self._numbering = Numbering(parse_xml(read_member(archive, "word/numbering.xml")))
        self._run: list[str] = []
        self._run_kind: str = ""

    def read(self, parent: Any) -> None:  # noqa: ANN401
        """Add every block below the element."""
        self._walk(parent, 0)
        self._end_run()

    def _walk(self, parent: Any, depth: int) -> None:  # noqa: ANN401
        if depth > _MAX_DEPTH:
            return
        for child in parent:
            name = local_name(child)
            if name == "p":
                self._paragraph(child, depth)
            elif name == "tbl":
                self._table(child, depth)
            elif name in _WRAPPERS:
                self._walk(child, depth + 1)

    def _paragraph(self, element: Any, depth: int) -> None:  # noqa: ANN401
        text = paragraph_text(element)
        style = self._styles.of(element)
        marker = self._numbering.marker(style) if text.strip() else ""
        if style.level and text.strip():
            self._heading(f"{marker} {text}".strip() if marker != "-" else text, style.level, style.name)
        elif style.is_code:
            self._gather("code", text)
        elif marker and text.strip():
            self._gather("list", "  " * style.depth + marker + " " + text.strip().replace("\n", " "))
        elif text.strip():
            self._end_run()
            self._assembly.add("paragraph", text)
        for box in text_boxes(element):
            self._end_run()
            self._walk(box, depth + 1)

    def _heading(self, text: str, level: int, style_name: str) -> None:
        self._end_run()
        text = " ".join(text.split())
        if style_name == "title":
            self._assembly.title = text
        self._assembly.add("heading", text, level)

    def _gather(self, kind: str, line: str) -> None:
        if self._run_kind != kind:
            self._end_run()
            self._run_kind = kind
        self._run.append(line)

    def _end_run(self) -> None:
        if self._run_kind:
            self._assembly.add("code" if self._run_kind == "code" else "list", "\n".join(self._run))
        self._run, self._run_kind = [], ""

    def _table(self, element: Any, depth: int) -> None:  # noqa: ANN401
        self._end_run()
        lines = list(_named(element, "tr"))
        cells = [list(_named(line, "tc")) for line in lines]
        if sum(map(len, cells)) == 1:
            self._walk(cells[0][0] if cells[0] else cells[-1][0], depth + 1)
            self._end_run()
            return
        self._assembly.add("table", markdown_table(_table_rows(cells)))


def _named(parent: Any, name: str, depth: int = 0) -> Iterator[Any]:  # noqa: ANN401
    """Children of that name, also those inside content controls and tracked insertions."""
    for child in parent:
        found = local_name(child)
        if found == name:
            yield child
        elif found in _WRAPPERS and depth < _MAX_DEPTH:
            yield from _named(child, name, depth + 1)


def _table_rows(lines: list[list[Any]]) -> list[list[str]]:
    """Cell texts; merged cells are repeated in every row and column that they cover."""
    rows: list[list[str]] = []
    for line in lines:
        row: list[str] = []
        for cell in line:
            properties = {local_name(child): child for child in _properties_of(cell)}
            span = local_attribute(properties["gridSpan"], "val") if "gridSpan" in properties else "1"
            merge = properties.get("vMerge")
            is_continued = merge is not None and local_attribute(merge, "val") != "restart"
            above = rows[-1][len(row)] if is_continued and rows and len(row) < len(rows[-1]) else None
            text = above if above is not None else cell_text(cell)
            row += [text] * (min(int(span), 100) if span.isdecimal() else 1)
        rows.append(row)
    return rows


def _properties_of(cell: Any) -> Any:  # noqa: ANN401
    return next((child for child in cell if local_name(child) == "tcPr"), ())


def cell_text(cell: Any) -> str:  # noqa: ANN401
    """All paragraphs of a cell, those of tables inside it too, on one line."""
    return " ".join(map(paragraph_text, paragraphs_in(cell)))


def _charts(assembly: Assembly, archive: zipfile.ZipFile) -> None:
    for part in sorted(name for name in archive.namelist() if re.fullmatch(r"word/charts/chart\d*\.xml", name)):
        title, table = chart_table(parse_xml(read_member(archive, part)))
        assembly.add("paragraph", title)
        assembly.add("table", table)


def _notes(assembly: Assembly, archive: zipfile.ZipFile) -> None:
    for part in _NOTES:
        root = parse_xml(read_member(archive, part))
        for note in root if root is not None else ():
            number = local_attribute(note, "id")
            text = cell_text(note).strip()
            if text and local_attribute(note, "type") in ("", "normal"):
                assembly.add("paragraph", f"{superscript(number)} {text}")


def _margins(assembly: Assembly, archive: zipfile.ZipFile) -> None:
    """Headers and footers, each different text once, at the end: they belong to no place in the body."""
    seen: set[str] = set()
    for part in sorted(name for name in archive.namelist() if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name)):
        root = parse_xml(read_member(archive, part))
        text = cell_text(root).strip() if root is not None else ""
        if text and re.search(r"[^\W\d_]{2}", text) and text not in seen:
            seen.add(text)
            assembly.add("paragraph", text)


def _comments(assembly: Assembly, archive: zipfile.ZipFile) -> None:
    root = parse_xml(read_member(archive, "word/comments.xml"))
    n = len(root) if root is not None else 0
    if n:
        assembly.warnings.append("1 comment was left out." if n == 1 else f"{n} comments were left out.")
