"""PDF through PDFium: pages, paragraphs, lists, headings. PDFium is not thread-safe: load in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.loaders.assembly import Assembly
from ingest.loaders.pdf_headings import Body, Headings, body_of
from ingest.loaders.pdf_layout import Group, groups_of
from ingest.loaders.pdf_line import Line
from ingest.loaders.pdf_lines import page_lines
from ingest.loaders.pdf_running import without_running_lines
from ingest.loaders.pdf_words import joined_words, vocabulary_of
from ingest.loaders.source import SourceFile
from ingest.loaders.titles import looks_like_title
from rag.types import BlockKind, Box

if TYPE_CHECKING:
    import pypdfium2

_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-]\d\d)'?(\d\d)?)?")
_NO_AUTHOR = re.compile(r"\(?(?:anonymous|unspecified|unknown|user|admin(?:istrator)?|python-docx)\)?$", re.IGNORECASE)
_SPLIT_WORD = "\ufffe"
"""What PDFium puts where a word was split at a line end."""


def load_pdf(source: SourceFile) -> Assembly:
    """Pages of a PDF. Raises LoadError when it is encrypted, damaged or has no text on any page."""
    document = _open(source)
    try:
        pages, heights, n_hidden = _read(document, source)
        labels = [_label(document, index) for index in range(len(pages))]
        assembly = Assembly(metadata=_metadata(document))
        title = document.get_metadata_value("Title")
    finally:
        document.close()
    if not any(pages):
        raise source.error(
            "has no text layer: it seems to be scanned, and reading text from pictures is not available yet."
        )
    assembly.warnings += _warnings(pages, n_hidden)
    groups = [groups_of(lines) for lines in without_running_lines(pages, heights)]
    _add(assembly, groups, labels, body_of(pages))
    assembly.title = title if looks_like_title(title) else assembly.title or source.stem
    return assembly


def _open(source: SourceFile) -> pypdfium2.PdfDocument:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source.path)
        if len(document) == 0:
            raise source.error("has no pages.")
        return document
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise source.error("is protected with a password: save a copy without a password and add that.") from error
        raise source.error("cannot be opened as a PDF: it is damaged or cut off; get a fresh copy of it.") from error


def _read(document: pypdfium2.PdfDocument, source: SourceFile) -> tuple[list[list[Line]], list[float], int]:
    """Lines and height of each page, and the number of lines that nobody can see."""
    pages: list[list[Line]] = []
    heights: list[float] = []
    n_hidden = 0
    for index in range(len(document)):
        lines, height, n = _read_page(document, index)
        pages.append(lines)
        heights.append(height)
        n_hidden += n
        source.progress(index + 1, len(document))
    return pages, heights, n_hidden


def _read_page(document: pypdfium2.PdfDocument, index: int) -> tuple[list[Line], float, int]:
    """A page that PDFium cannot load counts as one without text."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return [], 0.0, 0
    try:
        lines, n_hidden = page_lines(page)
        return lines, page.get_height(), n_hidden
    finally:
        page.close()


def _label(document: pypdfium2.PdfDocument, index: int) -> str:
    """The page's own number such as `iv`, where it is not simply its place."""
    label = document.get_page_label(index)
    return "" if label == str(index + 1) else label


def _metadata(document: pypdfium2.PdfDocument) -> dict[str, str]:
    author = document.get_metadata_value("Author")
    return {
        "author": "" if _NO_AUTHOR.match(author) else author,
        "created": _iso(document.get_metadata_value("CreationDate")),
        "modified": _iso(document.get_metadata_value("ModDate")),
    }


def _iso(date: str) -> str:
    """`D:20240131120000+01'00'` as `2024-01-31T12:00:00+01:00`; nothing for what is no date."""
    found = _DATE.match(date)
    if not found or found[3] is None:
        return found[1] if found else ""
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if found[5] is None:
        return day
    zone = f"{found[7]}:{found[8] or '00'}" if found[7] else "Z" if "Z" in date else ""
    return f"{day}T{found[4]}:{found[5]}:{found[6] or '00'}{zone}"


def _warnings(pages: Sequence[Sequence[Line]], n_hidden: int) -> list[str]:
    warnings = []
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    if len(empty) == 1:
        warnings.append(f"Page {empty[0]} has no text: it may be scanned or blank.")
    elif empty:
        warnings.append(f"Pages {_listed(empty)} have no text: they may be scanned or blank.")
    if n_hidden:
        warnings.append(f"{n_hidden} lines were left out because they are too small to see or outside of their page.")
    return warnings


def _listed(numbers: Sequence[int]) -> str:
    """`2, 5 and 7`; long lists are cut with the number of the rest."""
    shown = [str(number) for number in numbers[:20]]
    if len(numbers) > 20:
        return f"{', '.join(shown)} and {len(numbers) - 20} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _add(assembly: Assembly, pages: Sequence[list[Group]], labels: Sequence[str], body: Body) -> None:
    headings = Headings((group for groups in pages for group in groups), body)
    texts = [group.text for groups in pages for group in groups]
    vocabulary = vocabulary_of(texts) if any(_SPLIT_WORD in text for text in texts) else set()
    assembly.title = headings.title(pages)
    for groups, label in zip(pages, labels, strict=True):
        assembly.begin_page(label)
        for kind, level, text, box in _blocks(groups, headings, body):
            assembly.add(kind, joined_words(text, vocabulary) if _SPLIT_WORD in text else text, level, box=box)


def _blocks(
    groups: Sequence[Group], headings: Headings, body: Body
) -> Iterator[tuple[BlockKind, int, str, Box | None]]:
    """(kind, level, text, place of a table); list items that follow each other are one list."""
    items: list[str] = []
    for group in groups:
        level = headings.level(group)
        if items and (level or not group.is_list):
            yield "list", 0, "\n".join(items), None
            items = []
        if level:
            yield "heading", level, " ".join(group.text.split()), None
        elif group.is_table:
            yield "table", 0, group.text, group.lines[0].box
        elif group.is_list:
            items.append(group.text)
        else:
            yield ("code" if group.is_code and not body.is_mono else "paragraph"), 0, group.text, None
    yield "list", 0, "\n".join(items), None
