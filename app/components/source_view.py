"""A source opened: its page or the passage in its surroundings with the quoted words marked, in a drawer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import copy_buttons, opened_source, original_button, page_view
from app.components.answer_card import orders, place, title
from app.components.opened_source import View
from app.components.plain_text import label
from app.personal_catalogue import PersonalCatalogue
from app.quoted_form import on_one_line
from app.reference import bibtex, markdown, plain, reference
from app.source_text import is_in
from app.words import tr, trn
from app.words.places import on_page
from rag.types import Citation, DocumentRecord, Hit

_FEW = 4
"""Citations that are listed at once; more are listed when a person asks."""
_TOLD = 90


def open_with(source: Citation | Hit, cited: Sequence[Citation] = ()) -> None:
    """Let the drawer show a citation's quote, or a hit's whole passage, in its document, beside those of `cited` that
    are of the same document."""
    document = source.chunk.document_id
    opened_source.put(View(source, tuple(one for one in cited if one.chunk.document_id == document)))


def show(catalogue: PersonalCatalogue) -> None:
    """The drawer, where one was opened; it stays while the page behind it runs again."""
    if (view := opened_source.opened()) is not None:
        name = label(title(view.source.chunk), 120) or tr("Source")
        st.dialog(name, width="medium", position="right", on_dismiss=_close)(_drawer)(catalogue)


def _close() -> None:
    opened_source.put(None)


def _drawer(catalogue: PersonalCatalogue) -> None:
    """What a button in it changes is drawn anew without the page behind it: a dialog runs by itself."""
    view = opened_source.opened()
    if view is None:
        return
    chunk = view.source.chunk
    facts = (place(view.source), chunk.source, chunk.collection)
    st.caption(label(" · ".join(fact for fact in facts if fact), 300))
    if why := orders(chunk):
        told = tr(
            "A sentence here gives orders to whoever answers: {why}. It was neither sent to a model nor quoted.",
            why=why,
        )
        st.warning(told)
    record = _record(catalogue, view)
    if record is None:
        st.warning(
            tr(
                "The document was changed or removed after this answer, or is not open to you any more. This is the "
                "passage as it was."
            )
        )
    with st.container(key="source-out", horizontal=True, vertical_alignment="center", gap="small"):
        _copies(view.source, record)
        original_button.show(catalogue, record)
    _others(view)
    page_view.show(catalogue, view, record)


def _record(catalogue: PersonalCatalogue, view: View) -> DocumentRecord | None:
    """The document, where it still holds the passage: also one of its name by now, such as one that was put back."""
    chunk = view.source.chunk
    known = catalogue.find(chunk.collection, chunk.source)
    for document in (chunk.document_id, *([known.id] if known else [])):
        if catalogue.has(document) and is_in(catalogue.text(document), view.source):
            return catalogue.document(document)
    return None


def _others(view: View) -> None:
    """All that the answer cites of this document, the one that is shown marked."""
    if all(one == view.source for one in view.cited):
        return
    name = trn(len(view.cited), "{n} place cited here", "{n} places cited here")
    with st.expander(name, expanded=len(view.cited) <= _FEW), st.container(key="source-cited"):
        for one in view.cited:
            is_open = one == view.source
            page = on_page(one.chunk.source, one.page) if one.page else ""
            words = " · ".join(filter(None, (page, label(on_one_line(one.quote), _TOLD))))
            st.button(
                f"**{one.n}**  {words}",
                key=f"source-go-{one.n}{'-open' if is_open else ''}",
                icon=":material/location_on:" if is_open else None,
                type="tertiary",
                width="stretch",
                on_click=opened_source.go,
                args=(one,),
            )


def _copies(source: Citation | Hit, record: DocumentRecord | None) -> None:
    chunk = source.chunk
    start, end = (source.start, source.end) if isinstance(source, Citation) else (chunk.start, chunk.end)
    first, last = chunk.pages_of(start, end)
    pages = "" if first is None else f"{first}" if first == last else f"{first}--{last}"
    name, quote = (tr("Copy quote"), source.quote) if isinstance(source, Citation) else (tr("Copy passage"), chunk.text)
    known = {} if record is None else record.metadata
    one = reference(quote, title(chunk), chunk.source, known, place=place(source), pages=pages)
    copy_buttons.show([(name, plain(one)), ("Markdown", markdown(one)), ("BibTeX", bibtex(one))], key="source-copies")
