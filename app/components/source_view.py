"""A source opened: the passage in its surroundings with the quoted words marked, in a drawer at the side."""

from __future__ import annotations

import streamlit as st

from app.components import passage_text
from app.components.answer_card import place, title
from app.components.plain_text import label
from app.page_picture import is_unchanged, page_picture
from indexes.catalogue import Catalogue
from ingest.originals import original_path
from rag.errors import InputError
from rag.instructions import why_orders
from rag.types import Box, Citation, Hit

_AROUND = 1500
"""Characters shown before and after the passage."""
_OPENED = "opened-source"
_DRAWN = ("application/pdf", "image/")


def open_with(source: Citation | Hit) -> None:
    """Let the drawer show a citation's quote, or a hit's whole passage, in its document."""
    st.session_state[_OPENED] = source


def show(catalogue: Catalogue) -> None:
    """The drawer, where one was opened; it stays while the page behind it runs again."""
    source: Citation | Hit | None = st.session_state.get(_OPENED)
    if source is not None:
        name = label(title(source.chunk), 120) or "Source"
        st.dialog(name, width="small", position="right", on_dismiss=_close)(_drawer)(catalogue, source)


def _close() -> None:
    st.session_state[_OPENED] = None


def _drawer(catalogue: Catalogue, source: Citation | Hit) -> None:
    chunk = source.chunk
    facts = (place(source), chunk.source, chunk.collection)
    st.caption(label(" · ".join(fact for fact in facts if fact), 300))
    if why := why_orders(chunk):
        st.warning(
            f"A sentence here gives orders to whoever answers: {why}. It was neither sent to a model nor quoted."
        )
    text = catalogue.text(chunk.document_id)
    if text[chunk.start : chunk.end] != chunk.text:
        st.warning("The document was changed or removed after this answer. This is the passage as it was.")
        picture, page = None, 0
    else:
        picture, page = _picture(catalogue, source)
    if picture is None:
        passage_text.show(parts(text, source), key="passage")
        return
    on_page, as_text = st.tabs([f"Page {page}", "Text"])
    on_page.image(picture, alt=f"Page {page} of the document")
    with as_text:
        passage_text.show(parts(text, source), key="passage")


def _picture(catalogue: Catalogue, source: Citation | Hit) -> tuple[bytes | None, int]:
    """The page that the source begins on as a picture, and its number; None for what has no pages to draw."""
    page = source.page if isinstance(source, Citation) else source.chunk.page
    quote = source.quote if isinstance(source, Citation) else source.chunk.text
    document = source.chunk.document_id
    try:
        record = catalogue.document(document)
    except InputError:
        return None, 0
    if not record.media_type.startswith(_DRAWN) or page is None:
        return None, 0
    span = (source.start, source.end) if isinstance(source, Citation) else (source.chunk.start, source.chunk.end)
    places = tuple(catalogue.layout(document, page).places(*span))
    return _painted(catalogue, record.sha256, page, quote, document, places), page


@st.cache_data(max_entries=64, show_spinner="Drawing the page")
def _painted(
    _catalogue: Catalogue, sha256: str, page: int, quote: str, document: int, places: tuple[Box, ...]
) -> bytes | None:
    path = original_path(_catalogue.home, _catalogue.document(document))
    return page_picture(path, page, quote, places) if is_unchanged(path, sha256) else None


def parts(text: str, source: Citation | Hit) -> list[tuple[str, str]]:
    """(kind, words) in order: what stands around, the passage, and the quote in it; the passage alone where the
    document does not hold it any more."""
    chunk = source.chunk
    start, end = (source.start, source.end) if isinstance(source, Citation) else (chunk.end, chunk.end)
    inside = [
        ("passage", chunk.text[: start - chunk.start]),
        ("quote", chunk.text[start - chunk.start : end - chunk.start]),
        ("passage", chunk.text[end - chunk.start :]),
    ]
    around = [("around", ""), ("around", "")]
    if text[chunk.start : chunk.end] == chunk.text:
        around = [("around", _before(text, chunk.start)), ("around", _after(text, chunk.end))]
    return [(kind, words) for kind, words in (around[0], *inside, around[1]) if words]


def _before(text: str, position: int) -> str:
    if position <= _AROUND:
        return text[:position]
    return "… " + text[position - _AROUND : position].split(" ", 1)[-1]


def _after(text: str, position: int) -> str:
    if len(text) - position <= _AROUND:
        return text[position:]
    return text[position : position + _AROUND].rsplit(" ", 1)[0] + " …"
