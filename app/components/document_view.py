"""One document as Footnote has read it: what is known of it, its pages, and its text, cut where the passages are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import streamlit as st

from app.components import document_table, passage_text
from app.components.painted_page import has_pictures, painted
from app.components.plain_text import label, parted
from app.personal_catalogue import PersonalCatalogue
from app.source_text import Block, Extract, parts
from app.words import day, day_of, msgid, numeral, tr, trn
from app.words.places import on_page, page_count
from app.words.sizes import extent, size
from rag.types import Chunk, DocumentRecord, Page

_AT_ONCE = 25
_MOST_VERSIONS = 8
_MOST_WARNINGS = 5
_VERSIONS = {1: msgid("Newer version"), -1: msgid("Older version"), 0: msgid("Another version")}
_PICTURE, _TEXT = msgid("Page"), msgid("Text")

_Versions = list[tuple[DocumentRecord, int]]


def show(catalogue: PersonalCatalogue, record: DocumentRecord) -> None:
    """Draw a document's facts, and its pages one at a time, or where it has none its passages some at a time."""
    with st.container(key="document-view", border=True):
        st.header(label(record.title or record.source, 200), anchor=False)
        st.caption(" · ".join(label(fact, 200) for fact in _facts(record) if fact))
        for source in record.also[:_MOST_VERSIONS]:
            st.caption(tr("The same content: {source}", source=label(source, 200)))
        for warning in record.warnings[:_MOST_WARNINGS]:
            st.warning(label(warning, 500), icon=":material/warning:")
        if n_more := len(record.warnings[_MOST_WARNINGS:]):
            st.caption(trn(n_more, "and {n} more warning", "and {n} more warnings"))
        _versions(catalogue, record)
        pages = catalogue.pages(record.id)
        if pages and has_pictures(record):
            _pages(catalogue, record, pages)
        else:
            _passages(catalogue, record)


def _facts(record: DocumentRecord) -> tuple[str, ...]:
    told = record.metadata
    made, changed = (day(told.get(name, "")[:10]) for name in ("created", "modified"))  # by the clock of its author
    return (
        record.source,
        record.collection,
        page_count(record.source, record.n_pages) if record.n_pages > 1 else "",
        extent(record.n_chunks, record.n_members),
        size(record.size),
        told.get("author", ""),
        tr("made {day}", day=made) if made else "",
        tr("changed {day}", day=changed) if changed else "",
        tr("added {day}", day=day_of(record.added_at)),
    )


def _versions(catalogue: PersonalCatalogue, record: DocumentRecord) -> None:
    """Each with a button that opens it in the place of this one."""
    if not catalogue.has(record.id):  # what is kept of it is for those who may see it
        return
    for other, order in _known_versions(catalogue, catalogue.home.as_posix(), catalogue.sequence(), record.id):
        name = f"{tr(_VERSIONS[order])}: {label(parted(other.source)[0], 80)}"
        key, icon = f"version-{other.id}", ":material/history:"
        st.button(name, icon=icon, key=key, type="tertiary", on_click=document_table.mark_alone, args=(other.id,))


@st.cache_resource(max_entries=50, show_spinner=False)
def _known_versions(_catalogue: PersonalCatalogue, home: str, sequence: int, document: int) -> _Versions:  # noqa: ARG001
    """Kept by its key as long as nothing has changed: every name of the collection is looked at for it."""
    return _catalogue.versions(document)[:_MOST_VERSIONS]


def _pages(catalogue: PersonalCatalogue, record: DocumentRecord, pages: Sequence[Page]) -> None:
    """The page's picture beside its text; on a phone one of the two."""
    key = f"page-of-{record.id}"
    at = min(max(int(st.session_state.get(key, 0)), 0), len(pages) - 1)
    page = pages[at]
    with st.container(key="page-turner", horizontal=True, vertical_alignment="center", gap="small"):
        _turner("left", tr("Previous"), key, at - 1, is_there=at > 0)
        name, n_pages = label(page.label or str(page.number)), numeral(len(pages))
        st.markdown(tr("Page {page} of {n}", page=name, n=n_pages), width="content")
        _turner("right", tr("Next"), key, at + 1, is_there=at + 1 < len(pages))
        side = st.segmented_control(
            tr("Side"),
            [_PICTURE, _TEXT],
            default=_PICTURE,
            required=True,
            format_func=tr,
            key="page-side",
            label_visibility="collapsed",
        )
    with st.container(key=f"page-sides-{'text' if side == _TEXT else 'picture'}"):
        left, right = st.columns(2)
    picture = painted(catalogue, record, page.number)
    with left:
        if picture is not None:
            st.image(picture.jpeg, alt=tr("Page {page} of the document", page=page.number))
        else:
            st.info(tr("This page cannot be drawn: its file is not where it was read any more, or has changed since."))
    with right:
        chunks = catalogue.chunks_within(record.id, page.start, page.end)
        blocks = of_page(catalogue.text(record.id), page, chunks)
        if blocks:
            passage_text.show(blocks, key=f"page-text-{record.id}-{page.number}")
        else:
            st.info(tr("No text was found on this page."))


def _turner(side: str, name: str, key: str, at: int, *, is_there: bool) -> None:
    icon, is_off = f":material/chevron_{side}:", not is_there
    st.button(name, icon=icon, key=f"page-{side}", type="tertiary", disabled=is_off, on_click=_turn, args=(key, at))


def _turn(key: str, at: int) -> None:
    st.session_state[key] = at


def of_page(text: str, page: Page, chunks: Sequence[Chunk]) -> list[Block]:
    """What stands on a page, given its passages: as `cut`, of one that goes on over its end up to there."""
    inside = [replace(chunk, start=max(chunk.start, page.start), end=min(chunk.end, page.end)) for chunk in chunks]
    first, last = (inside[0].start, inside[-1].end) if inside else (page.end, page.end)
    nowhere = (page.end, page.end)
    before, after = (Extract(text, *span, nowhere, nowhere) for span in ((page.start, first), (last, page.end)))
    return [*parts(before), *cut(text, inside), *parts(after)]


def _passages(catalogue: PersonalCatalogue, record: DocumentRecord) -> None:
    first = _first_shown(record)
    blocks = cut(catalogue.text(record.id), catalogue.chunks_of(record.id, first, _AT_ONCE))
    passage_text.show(blocks, key=f"text-{record.id}-{first}")


def _first_shown(record: DocumentRecord) -> int:
    """The passage at which the part on the page begins, counted from 0."""
    n_parts = -(-record.n_chunks // _AT_ONCE)
    if n_parts <= 1:
        return 0
    name = tr("Part (1 to {last}, {n} passages each)", last=n_parts, n=_AT_ONCE)
    part = st.number_input(name, 1, n_parts, key=f"part-{record.id}", width=260)
    return (int(part) - 1) * _AT_ONCE


def cut(text: str, chunks: Sequence[Chunk]) -> list[Block]:
    """Paragraphs and tables over these chunks: a label before each, what lies between two of them as what stands
    around, and what they share as a quote."""
    blocks: list[Block] = []
    for chunk, following in zip_longest(chunks, chunks[1:]):
        next_start = chunk.end if following is None else following.start
        shared = (next_start, max(next_start, chunk.end))
        end = chunk.end + len(text[chunk.end : next_start].rstrip())
        shown = Extract(text, chunk.start, end, (chunk.start, chunk.end), shared)
        blocks.append({"kind": "text", "pieces": [["label", _name(chunk)]]})
        blocks += [{**part, "is_cut": False} for part in parts(shown)]  # the rows before are the former passage's
    return blocks


def _name(chunk: Chunk) -> str:
    """With the page on which it begins; of one that goes on from the page before, the page that is shown."""
    n, page = chunk.ordinal + 1, chunk.pages_of(chunk.start, chunk.end)[0]
    if not page:
        return tr("Passage {n}", n=n)
    return tr("Passage {n}, {place}", n=n, place=on_page(chunk.source, page))
