"""What every loaded document must fulfil, whatever its format."""

from __future__ import annotations

import re
import unicodedata

from rag.types import Document

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\u200b\u2060\ufeff\U000e0000-\U000e007f\ufffe\uffff]")


def check_document(document: Document) -> None:
    """Spans are ordered, inside of the text and cover it; the text is clean; warnings are sentences."""
    text = document.text
    assert text.strip(), "no text"
    assert not _FORBIDDEN.search(text), _FORBIDDEN.search(text)
    assert "\r" not in text
    assert unicodedata.is_normalized("NFC", text)
    _check_blocks(document)
    _check_pages(document)
    assert document.title.strip()
    assert "\n" not in document.title
    assert all(re.fullmatch(r".+[.]", warning) for warning in document.warnings), document.warnings
    assert all(isinstance(value, str) and value for value in document.metadata.values()), document.metadata
    assert re.fullmatch("[a-z]{2,3}", document.metadata["language"])


def _check_blocks(document: Document) -> None:
    text, at = document.text, 0
    for block in document.blocks:
        assert at <= block.start < block.end <= len(text), block
        assert not text[at : block.start].strip(), f"text outside of blocks: {text[at : block.start]!r}"
        assert text[block.start : block.end].strip(), block
        assert not text[block.end - 1].isspace(), block
        assert (block.level > 0) == (block.kind == "heading"), block
        at = block.end
    assert not text[at:].strip()


def _check_pages(document: Document) -> None:
    at = 0
    for number, page in enumerate(document.pages, 1):
        assert page.number == number
        assert at <= page.start <= page.end <= len(document.text), page
        at = page.end
    if document.pages:
        for block in document.blocks:
            assert any(page.start <= block.start and block.end <= page.end for page in document.pages), block
