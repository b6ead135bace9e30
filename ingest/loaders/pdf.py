"""PDF through PDFium: pages, paragraphs, lists, headings. PDFium is not thread-safe: load in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.loaders.assembly import Assembly
from ingest.loaders.pdf_headings import Body, Headings, body_of
from ingest.loaders.pdf_layout import Group, goes_on, groups_of
from ingest.loaders.pdf_line import Line
from ingest.loaders.pdf_lines import page_lines
from ingest.loaders.pdf_running import without_running_lines
from ingest.loaders.pdf_scans import Scans, listed
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
    """Pages of a PDF, scanned ones by OCR. Raises LoadError when it is encrypted, damaged or without any words."""
    document, scans = _open(source), Scans()
    try:
        pages, heights, n_hidden, damaged = _read(document, source, scans)
        labels = [_label(document, index) for index in range(len(pages))]
        assembly = Assembly(metadata=_metadata(document))
        title = document.get_metadata_value("Title")
    finally:
        document.close()
    if not any(pages):
        raise source.error("has no text: no words were found on its pages, which are pictures or blank.")
    assembly.warnings += [*scans.warnings(), *_warnings(damaged, n_hidden)]
    groups = [groups_of(lines) for lines in without_running_lines(pages, heights)]
    add_pages(assembly, groups, labels, body_of(pages))
    for number, words in scans.words.items():
        assembly.add_words(words, number)
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


def _read(
    document: pypdfium2.PdfDocument, source: SourceFile, scans: Scans
) -> tuple[list[list[Line]], list[float], int, list[int]]:
    """Lines and height of each page, the number of lines that nobody can see, and the pages that cannot be loaded."""
    pages: list[list[Line]] = []
    heights: list[float] = []
    n_hidden = 0
    damaged: list[int] = []
    for index in range(len(document)):
        found = _read_page(document, index, scans)
        if found is None:
            damaged.append(index + 1)
        lines, height, n = found or ([], 0.0, 0)
        pages.append(lines)
        heights.append(height)
        n_hidden += n
        source.progress(index + 1, len(document))
    return pages, heights, n_hidden, damaged


def _read_page(document: pypdfium2.PdfDocument, index: int, scans: Scans) -> tuple[list[Line], float, int] | None:
    """None for a page that PDFium cannot load."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        lines, n_hidden = page_lines(page)
        lines = scans.lines(page, index + 1, lines)
        is_read = index + 1 in scans.words
        return lines, max(page.get_size()) if is_read else page.get_height(), n_hidden
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


def _warnings(damaged: Sequence[int], n_hidden: int) -> list[str]:
    warnings = []
    if len(damaged) == 1:
        warnings.append(f"Page {damaged[0]} is damaged and was left out.")
    elif damaged:
        warnings.append(f"Pages {listed(damaged)} are damaged and were left out.")
    if n_hidden:
        were, they = ("line was", "it is") if n_hidden == 1 else ("lines were", "they are")
        warnings.append(
            f"{n_hidden:,} {were} left out because {they} too small to see, outside of the page, or drawn without a "
            "colour that can be seen."
        )
    return warnings


def add_pages(assembly: Assembly, pages: Sequence[list[Group]], labels: Sequence[str], body: Body) -> None:
    """Add the groups of each page as headings, lists, code and paragraphs, and find the title. No blank line stands
    where a sentence goes on over the border of two pages."""
    headings = Headings((group for groups in pages for group in groups), body)
    texts = [group.text for groups in pages for group in groups]
    vocabulary = vocabulary_of(texts) if any(_SPLIT_WORD in text for text in texts) else set()
    assembly.title = headings.title(pages)
    last = ""
    for groups, label in zip(pages, labels, strict=True):
        assembly.begin_page(label)
        for n, (kind, level, text, box) in enumerate(_blocks(groups, headings, body)):
            is_rest = n == 0 and kind == "paragraph" and goes_on(last, text)
            shown = joined_words(text, vocabulary) if _SPLIT_WORD in text else text
            assembly.add(kind, shown, level, tight=is_rest, box=box)
            last = text if kind == "paragraph" else ""


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
    if items:
        yield "list", 0, "\n".join(items), None
