"""What the table of documents shows: words of their names, a collection, a kind of file, a state, and the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import streamlit as st

from app.components.narrowing import choice
from app.personal_catalogue import PersonalCatalogue
from app.words import msgid, tr
from indexes.document_list import DocumentFilter, Order, State

_KINDS: Mapping[str, tuple[str, ...]] = {
    "PDF": ("application/pdf",),
    msgid("Word and text documents"): (
        "application/msword",
        "*wordprocessingml*",
        "*opendocument.text*",
        "application/rtf",
        "application/epub+zip",
    ),
    msgid("Presentations"): ("*powerpoint*", "*presentation*"),
    msgid("Tables"): ("*ms-excel*", "*spreadsheet*", "text/csv", "text/tab-*", "*parquet*", "*sqlite3*"),
    msgid("Web pages"): ("text/html",),
    msgid("Plain text and Markdown"): ("text/plain", "text/markdown"),
    msgid("E-mail"): ("message/*", "*ms-outlook*", "application/mbox"),
    msgid("Pictures"): ("image/*",),
    msgid("Transcripts"): ("text/vtt", "*subrip*"),
    msgid("Data and code"): ("application/json*", "*jsonl*", "*ipynb*", "*xml"),
    msgid("Archives"): (
        "application/zip",
        "application/x-tar",
        "application/gzip",
        "application/x-bzip2",
        "application/x-xz",
    ),
}
"""Name for a person -> patterns of media types, as of GLOB."""
_WIDTH = 175
_CLEARED = "documents-filter-cleared"
_STATES: Mapping[str, State] = {
    msgid("With warnings"): "warnings",
    msgid("Without a passage"): "empty",
    msgid("Newer version could not be read"): "outdated",
}
_ORDERS: Mapping[str, Order] = {
    msgid("Newest first"): "newest",
    msgid("Oldest first"): "oldest",
    msgid("By name"): "name",
    msgid("Largest first"): "largest",
    msgid("Smallest first"): "smallest",
}


def show(catalogue: PersonalCatalogue) -> tuple[DocumentFilter, Order]:
    """A row of choices; those that have nothing to choose between are left out."""
    if st.session_state.pop(_CLEARED, False):
        _empty()
    collections = list(catalogue.collections())
    media_types = catalogue.listed.media_types()
    kinds = [kind for kind, patterns in _KINDS.items() if _has(media_types, patterns)]
    with st.container(key="document-filter", horizontal=True, gap="small"):
        name, hint = tr("Find documents"), tr("Find by name or title")
        words = st.text_input(name, key="find", placeholder=hint, label_visibility="collapsed", width=260, live=True)
        st.toggle(tr("More filters"), key="more-filters")  # on a phone alone: it folds those that follow
        collection = choice(tr("In collection"), tr("All collections"), collections, "in-collection", width=_WIDTH)
        kind = choice(tr("Kind of file"), tr("All kinds"), kinds, "of-kind", shown=tr, width=_WIDTH)
        state = choice(tr("State"), tr("Any state"), list(_STATES), "in-state", shown=tr, fewest=1, width=_WIDTH)
        order = st.selectbox(
            tr("Order"), list(_ORDERS), key="in-order", format_func=tr, label_visibility="collapsed", width=155
        )
    text = str(words).strip()  # a browser may send what is no text
    wanted = DocumentFilter(text, collection, _KINDS.get(kind or "", ()), _STATES.get(state or ""))
    return wanted, _ORDERS[order]


def clear() -> None:
    """Show every document again, once the page runs anew. The fields are emptied in the run that draws them: what is
    written into them while a part of the page runs alone does not reach the browser."""
    st.session_state[_CLEARED] = True


def _empty() -> None:
    st.session_state["find"] = ""
    for key in ("in-collection", "of-kind", "in-state"):
        st.session_state[key] = None


def _has(media_types: Sequence[str], patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(found, pattern) for found in media_types for pattern in patterns)
