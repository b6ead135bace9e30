"""PowerPoint presentations: each slide is a page, its title a heading; speaker notes follow the slide's text."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.loaders.archive import core_properties, local_attribute, local_name, open_archive, parse_xml, read_member
from ingest.loaders.assembly import Assembly
from ingest.loaders.charts import chart_table
from ingest.loaders.docx_text import paragraph_text
from ingest.loaders.embedded import add_words_of_pictures, warn_of_embedded
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import markdown_table
from ingest.loaders.titles import looks_like_title

if TYPE_CHECKING:
    import zipfile

_NOT_READ = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
_TITLES = frozenset({"title", "ctrTitle"})
_MAX_DEPTH = 256
"""The XML parser goes no deeper, so nothing is lost."""


def load_pptx(source: SourceFile) -> Assembly:
    """Titles, texts, lists, tables, charts and notes of the slides that are not hidden."""
    assembly = Assembly()
    with open_archive(source) as archive:
        found = core_properties(read_member(archive, "docProps/core.xml"))
        title = found.pop("title", "")
        assembly.metadata |= found
        slides = list(_slides(archive))
        if not slides:
            raise source.error("has no slides inside: it is damaged or empty.")
        hidden = [number for number, part in enumerate(slides, 1) if not _add_slide(assembly, archive, part)]
        warn_of_embedded(assembly.warnings, archive.namelist(), assembly.n_pictures_read)
    assembly.title = title if looks_like_title(title) else ""
    if hidden:
        numbers = ", ".join(map(str, hidden))
        assembly.warnings.append(f"Hidden slides were left out: {numbers}.")
    return assembly


def _slides(archive: zipfile.ZipFile) -> Iterator[str]:
    """Slide parts in the order of the presentation."""
    main = "ppt/presentation.xml"
    relations = _relations(archive, main)
    root = parse_xml(read_member(archive, main))
    for element in root.iter() if root is not None else ():
        if local_name(element) == "sldId":
            for key, value in element.attrib.items():
                if key.endswith("}id") and value in relations:
                    yield relations[value][1]


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (kind, part name), those inside the package only."""
    folder, name = posixpath.split(part)
    root = parse_xml(read_member(archive, f"{folder}/_rels/{name}.rels"))
    found = {}
    for relation in root if root is not None else ():
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or "")).lstrip("/")
            found[relation.get("Id") or ""] = (posixpath.basename(relation.get("Type") or ""), target)
    return found


def _add_slide(assembly: Assembly, archive: zipfile.ZipFile, part: str) -> bool:
    """Whether the slide is shown; its page exists either way, so that the numbers agree with the program's."""
    root = parse_xml(read_member(archive, part))
    assembly.begin_page()
    if root is None:
        return True
    if root.get("show") in ("0", "false"):
        return False
    relations = _relations(archive, part)
    slide = _Slide(assembly, archive, relations)
    shapes = [shape for tree in root.iter() if local_name(tree) == "spTree" for shape in tree]
    n_blocks = assembly.n_blocks
    for shape in sorted(shapes, key=lambda shape: _placeholder(shape) not in _TITLES):
        slide.add(shape, 0)
    if assembly.n_blocks == n_blocks:
        add_words_of_pictures(assembly, archive, [target for kind, target in relations.values() if kind == "image"])
    for kind, target in relations.values():
        if kind == "notesSlide":
            _add_notes(assembly, parse_xml(read_member(archive, target)))
    return True


def _placeholder(shape: Any) -> str:  # noqa: ANN401
    """The role of a shape on the slide's layout: title, body, sldNum...; empty for a shape of its own."""
    for element in shape.iter():
        if local_name(element) == "ph":
            return element.get("type") or "body"
        if local_name(element) in ("txBody", "spTree"):
            break
    return ""


class _Slide:
    """Adds the shapes of one slide."""

    def __init__(self, assembly: Assembly, archive: zipfile.ZipFile, relations: dict[str, tuple[str, str]]) -> None:
        self._assembly = assembly
        self._archive = archive
        self._relations = relations

    def add(self, shape: Any, depth: int) -> None:  # noqa: ANN401
        """Add a shape; groups are opened."""
        name = local_name(shape)
        if depth > _MAX_DEPTH or _is_hidden(shape) or (depth == 0 and _is_off_slide(shape)):
            return
        if name in ("grpSp", "AlternateContent", "Choice"):
            for child in shape:
                self.add(child, depth + 1)
        elif name == "graphicFrame":
            self._frame(shape)
        elif name == "sp":
            self._text(shape)

    def _text(self, shape: Any) -> None:  # noqa: ANN401
        role = _placeholder(shape)
        paragraphs = [element for element in shape.iter() if local_name(element) == "p"]
        if role in _NOT_READ:
            return
        if role in _TITLES:
            text = " ".join(" ".join(map(paragraph_text, paragraphs)).split())
            self._assembly.add("heading", text, 1)
        else:
            add_paragraphs(self._assembly, paragraphs, are_bullets=role in ("body", "obj"))

    def _frame(self, shape: Any) -> None:  # noqa: ANN401
        for element in shape.iter():
            name = local_name(element)
            if name == "tbl":
                self._assembly.add("table", markdown_table(_table_rows(element)))
            elif name == "chart":
                title, table = chart_table(self._related(element, "id"))
                self._assembly.add("paragraph", title)
                self._assembly.add("table", table)
            elif name == "relIds":
                self._diagram(self._related(element, "dm"))

    def _diagram(self, root: Any) -> None:  # noqa: ANN401
        if root is not None:
            lines = [paragraph_text(element).strip() for element in root.iter() if local_name(element) == "p"]
            self._assembly.add("list", "\n".join(f"- {line}" for line in lines if line))

    def _related(self, element: Any, name: str) -> Any:  # noqa: ANN401
        _, target = self._relations.get(local_attribute(element, name), ("", ""))
        return parse_xml(read_member(self._archive, target)) if target else None


def _is_hidden(shape: Any) -> bool:  # noqa: ANN401
    return any(
        local_name(element) == "cNvPr" and element.get("hidden") in ("1", "true")
        for properties in shape
        if local_name(properties).startswith("nv")
        for element in properties
    )


def _is_off_slide(shape: Any) -> bool:  # noqa: ANN401
    """Whether a shape lies wholly to the left of its slide or above it, where nobody sees it in a show."""
    transform = next((element for element in shape.iter() if local_name(element) == "xfrm"), None)
    places = {local_name(child): child for child in transform} if transform is not None else {}
    if not {"off", "ext"} <= places.keys():
        return False
    try:
        ends = [int(places["off"].get(at)) + int(places["ext"].get(size)) for at, size in (("x", "cx"), ("y", "cy"))]
    except (TypeError, ValueError):
        return False
    return min(ends) <= 0


def add_paragraphs(assembly: Assembly, paragraphs: list[Any], *, are_bullets: bool) -> None:
    """Add the paragraphs of a shape; those with bullets that follow each other are one list."""
    items: list[str] = []
    n_texts = sum(bool(paragraph_text(element).strip()) for element in paragraphs)
    for element in paragraphs:
        text = paragraph_text(element).strip()
        depth, is_item = _bullet(element, default=are_bullets and n_texts > 1)
        if text and is_item:
            items.append("  " * depth + "- " + text.replace("\n", " "))
        elif text:
            assembly.add("list", "\n".join(items))
            items = []
            assembly.add("paragraph", text)
    assembly.add("list", "\n".join(items))


def _bullet(paragraph: Any, *, default: bool) -> tuple[int, bool]:  # noqa: ANN401
    """(depth, whether it is a list item)."""
    for properties in paragraph:
        if local_name(properties) == "pPr":
            marks = {local_name(child) for child in properties}
            level = properties.get("lvl") or "0"
            is_item = "buNone" not in marks and (default or bool(marks & {"buChar", "buAutoNum", "buBlip"}))
            return min(int(level), 8) if level.isdecimal() else 0, is_item
    return 0, default


def _table_rows(table: Any) -> list[list[str]]:  # noqa: ANN401
    """Cell texts; the cells that a merged one covers are empty in the file and repeat it here."""
    rows: list[list[str]] = []
    for line in (element for element in table if local_name(element) == "tr"):
        row: list[str] = []
        for cell in (element for element in line if local_name(element) == "tc"):
            row.append(_cell_text(cell, row, rows))
        rows.append(row)
    return rows


def _cell_text(cell: Any, row: list[str], rows: list[list[str]]) -> str:  # noqa: ANN401
    if cell.get("hMerge") in ("1", "true") and row:
        return row[-1]
    if cell.get("vMerge") in ("1", "true") and rows and len(row) < len(rows[-1]):
        return rows[-1][len(row)]
    return " ".join(paragraph_text(element) for element in cell.iter() if local_name(element) == "p")


def _add_notes(assembly: Assembly, root: Any) -> None:  # noqa: ANN401
    shapes = [element for element in root.iter() if local_name(element) == "sp"] if root is not None else []
    for shape in shapes:
        if _placeholder(shape) == "body":
            lines = [paragraph_text(element).strip() for element in shape.iter() if local_name(element) == "p"]
            text = "\n".join(line for line in lines if line)
            assembly.add("paragraph", f"Notes: {text}" if text else "")
