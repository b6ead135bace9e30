"""One page of a source: its picture where it can be drawn, its text, and the buttons that leaf, enlarge and turn it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import opened_source, page_image, passage_text
from app.components.opened_source import ZOOMS, View
from app.components.painted_page import has_pictures, painted
from app.components.plain_text import label
from app.page_picture import WIDTH, PagePicture
from app.personal_catalogue import PersonalCatalogue
from app.source_facts import body_start, facts, is_read_whole
from app.source_text import AROUND, blocks, extract
from app.words import msgid, numeral, tr
from rag.types import Citation, DocumentRecord, Page

_READ_WHOLE = 8000
"""Characters before and after the passage in a letter or an article, which is mostly all of it."""
_AS_PAGE, _AS_TEXT = msgid("Page"), msgid("Text")


def show(catalogue: PersonalCatalogue, view: View, record: DocumentRecord | None) -> None:
    """The page of a view. `record`: the document, where it still holds the passage."""
    pages = catalogue.pages(record.id) if record else []
    number = view.page or view.first_page
    page = next((page for page in pages if page.number == number), None)
    is_drawn = record is not None and page is not None and has_pictures(record)
    as_page = is_drawn and _buttons(view, pages, page)
    if not is_drawn and page is not None and len(pages) > 1:
        _turning(pages, page)
    picture = _picture(catalogue, record, view, page) if record and page and as_page else None
    if picture is not None and page is not None:
        name = tr("Page {number} of the document", number=page.number)
        page_image.show(picture, name, f"source-page-{page.number}", ZOOMS[view.zoom])
        return
    if as_page:
        st.caption(tr("The page cannot be drawn, because its file was moved or changed. This is its text."))
    _text(catalogue, view, record, page)


def _text(catalogue: PersonalCatalogue, view: View, record: DocumentRecord | None, page: Page | None) -> None:
    text = catalogue.text(record.id) if record else ""
    around = _READ_WHOLE if record and is_read_whole(record) else AROUND
    first = body_start(record, text) if record else 0
    shown = extract(text, view.source, page if view.page is not None else None, around=around, first=first)
    key = f"passage-{shown.start}-{shown.quote[0]}"
    known = facts(record, text) if record else ()
    passage_text.show(blocks(shown), key=key, facts=[(tr(name), value) for name, value in known])


def _buttons(view: View, pages: Sequence[Page], page: Page | None) -> bool:
    """Turning, enlarging, and the choice between picture and text; whether the picture is chosen."""
    with st.container(key="source-tools", horizontal=True, vertical_alignment="center", gap="small"):
        if page is not None and len(pages) > 1:
            _turning(pages, page)
        chosen = st.segmented_control(
            tr("Shown as"),
            (_AS_PAGE, _AS_TEXT),
            default=_AS_PAGE,
            format_func=tr,
            key="source-form",
            label_visibility="collapsed",
        )
        if chosen != _AS_TEXT:
            _enlarging(view.zoom)
    return chosen != _AS_TEXT


def _turning(pages: Sequence[Page], page: Page) -> None:
    at = pages.index(page)
    before, after = pages[max(at - 1, 0)].number, pages[min(at + 1, len(pages) - 1)].number
    with st.container(
        key="source-turning", horizontal=True, vertical_alignment="center", gap="xsmall", width="content"
    ):
        st.button(
            tr("Previous page"), key="source-before", type="tertiary", shortcut="Left",
            disabled=at == 0, on_click=opened_source.turn, args=(before,),
        )  # fmt: skip
        name = f" · {label(page.label, 40)}" if page.label else ""
        told = tr("{number} of {last}", number=numeral(page.number), last=numeral(pages[-1].number))
        st.markdown(f"{told}{name}")
        st.button(
            tr("Next page"), key="source-after", type="tertiary", shortcut="Right",
            disabled=at == len(pages) - 1, on_click=opened_source.turn, args=(after,),
        )  # fmt: skip


def _enlarging(zoom: int) -> None:
    with st.container(key="source-zoom", horizontal=True, gap="xsmall", width="content"):
        st.button(
            tr("Smaller"), icon=":material/zoom_out:", key="source-smaller", type="tertiary",
            disabled=zoom == 0, on_click=opened_source.zoom, args=(-1,),
        )  # fmt: skip
        st.button(
            tr("Larger"), icon=":material/zoom_in:", key="source-larger", type="tertiary",
            disabled=zoom == len(ZOOMS) - 1, on_click=opened_source.zoom, args=(1,),
        )  # fmt: skip
        icon = ":material/rotate_90_degrees_cw:"
        st.button(tr("Turn"), icon=icon, key="source-rotate", type="tertiary", on_click=opened_source.rotate)


def _picture(catalogue: PersonalCatalogue, record: DocumentRecord, view: View, page: Page) -> PagePicture | None:
    """The page as a picture, with those of the source's words marked that stand on it."""
    source = view.source
    first, last = (source.start, source.end) if isinstance(source, Citation) else (source.chunk.start, source.chunk.end)
    start, end = max(first, page.start), min(last, page.end)
    quote = source.chunk.text[start - source.chunk.start : end - source.chunk.start] if start < end else ""
    places = tuple(catalogue.layout(record.id, page.number).places(start, end)) if quote else ()
    width = WIDTH * (1 + (view.zoom > 0))
    return painted(catalogue, record, page.number, quote, places, width=width, quarters=view.quarters)
