"""PDF through PDFium: lines with their place and size on the page, joined into paragraphs and headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.loaders.assembly import Assembly
from ingest.loaders.source import SourceFile
from ingest.loaders.titles import looks_like_title

if TYPE_CHECKING:
    import pypdfium2


def load_pdf(source: SourceFile) -> Assembly:
    """Pages of a PDF. Raises LoadError when it is encrypted, damaged or has no text on any page."""
    document = _open(source)
    title = document.get_metadata_value("Title")
    assembly = Assembly(title=title if looks_like_title(title) else "")
    for number in range(len(document)):
        assembly.begin_page()
        page = document[number].get_textpage().get_text_range()
        for part in page.replace("\r", "").split("\n"):
            assembly.add("paragraph", part)
        source.progress(number + 1, len(document))
    if assembly.is_blank():
        raise source.error(
            "has no text layer: it seems to be scanned, and reading text from pictures is not available yet."
        )
    return assembly


def _open(source: SourceFile) -> pypdfium2.PdfDocument:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(source.path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise source.error("is protected with a password: save a copy without a password and add that.") from error
        raise source.error("cannot be opened as a PDF: it is damaged or cut off; get a fresh copy of it.") from error
