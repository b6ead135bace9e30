"""The picture of a document's page, drawn once and kept for who looks at it next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app.page_picture import WIDTH, PagePicture, is_unchanged, page_picture
from app.personal_catalogue import PersonalCatalogue
from app.words import tr
from rag.types import Box, DocumentRecord

_DRAWN = ("application/pdf", "image/")


def has_pictures(record: DocumentRecord) -> bool:
    """Whether the pages of such a document can be drawn."""
    return record.media_type.startswith(_DRAWN)


def painted(
    catalogue: PersonalCatalogue,
    record: DocumentRecord,
    page: int,
    quote: str = "",
    places: tuple[Box, ...] = (),
    *,
    width: int = WIDTH,
    quarters: int = 0,
) -> PagePicture | None:
    """The page, counted from 1, with the words of the quote marked, so many pixels across, and then turned by so many
    quarters clockwise. `places`: where they stand if the page itself does not tell. None where its file is not there
    any more, has changed since it was read, or cannot be drawn.
    """
    path = catalogue.original(record.id)  # asked before what is kept, which is for those who may see it
    with st.spinner(tr("Drawing the page")):
        return _painted(path, record.id, record.sha256, _Asked(page, quote, places, width, quarters))


@dataclass(frozen=True, slots=True)
class _Asked:
    page: int
    quote: str
    places: tuple[Box, ...]
    width: int
    quarters: int


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={_Asked: repr})
def _painted(_path: Path, document: int, sha256: str, asked: _Asked) -> PagePicture | None:  # noqa: ARG001 - the cache's key
    if not is_unchanged(_path, sha256):
        return None
    return page_picture(_path, asked.page, asked.quote, asked.places, asked.width, asked.quarters)
