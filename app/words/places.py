"""Places in documents, in the language of whoever reads the page."""

from __future__ import annotations

from app.words import tr, trn
from rag.page_kinds import page_kind


def on_page(source: str, pages: str | int) -> str:
    """`page 3`, `sheet 3` of a workbook, `slide 3` of a presentation; `pages` may be `3–4`."""
    kind = page_kind(source)
    if kind == "sheet":
        return tr("sheet {pages}", pages=pages)
    return tr("slide {pages}", pages=pages) if kind == "slide" else tr("page {pages}", pages=pages)


def page_count(source: str, n: int) -> str:
    """`3 pages`, or as many sheets or slides."""
    kind = page_kind(source)
    if kind == "sheet":
        return trn(n, "{n} sheet", "{n} sheets")
    return trn(n, "{n} slide", "{n} slides") if kind == "slide" else trn(n, "{n} page", "{n} pages")
