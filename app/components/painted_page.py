"""The picture of a document's page, drawn once and kept for who looks at it next."""

from __future__ import annotations

import streamlit as st

from app.page_picture import is_unchanged, page_picture
from indexes.catalogue import Catalogue
from ingest.originals import original_path
from rag.types import Box, DocumentRecord

_DRAWN = ("application/pdf", "image/")


def has_pictures(record: DocumentRecord) -> bool:
    """Whether the pages of such a document can be drawn."""
    return record.media_type.startswith(_DRAWN)


def painted(
    catalogue: Catalogue, record: DocumentRecord, page: int, quote: str = "", places: tuple[Box, ...] = ()
) -> bytes | None:
    """The page, counted from 1, with the words of the quote marked, as a JPEG. None where its file is not there any
    more, has changed since it was read, or cannot be drawn."""
    return _painted(catalogue, record.sha256, page, quote, record.id, places)


@st.cache_data(max_entries=64, show_spinner="Drawing the page")
def _painted(
    _catalogue: Catalogue, sha256: str, page: int, quote: str, document: int, places: tuple[Box, ...]
) -> bytes | None:
    path = original_path(_catalogue.home, _catalogue.document(document))
    return page_picture(path, page, quote, places) if is_unchanged(path, sha256) else None
