"""What the table of documents shows: words of their names, a collection, a kind of file, a state, and the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import streamlit as st

from app.personal_catalogue import PersonalCatalogue
from indexes.document_list import DocumentFilter, Order, State

_KINDS: Mapping[str, tuple[str, ...]] = {
    "PDF": ("application/pdf",),
    "Word and text documents": (
        "application/msword",
        "*wordprocessingml*",
        "*opendocument.text*",
        "application/rtf",
        "application/epub+zip",
    ),
    "Presentations": ("*powerpoint*", "*presentation*"),
    "Tables": ("*ms-excel*", "*spreadsheet*", "text/csv", "text/tab-*", "*parquet*", "*sqlite3*"),
    "Web pages": ("text/html",),
    "Plain text and Markdown": ("text/plain", "text/markdown"),
    "E-mail": ("message/*", "*ms-outlook*", "application/mbox"),
    "Pictures": ("image/*",),
    "Transcripts": ("text/vtt", "*subrip*"),
    "Data and code": ("application/json*", "*jsonl*", "*ipynb*", "*xml"),
    "Archives": ("application/zip", "application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz"),
}
"""Name for a person -> patterns of media types, as of GLOB."""
_STATES: Mapping[str, State] = {
    "With warnings": "warnings",
    "Without a passage": "empty",
    "Newer version could not be read": "outdated",
}
_ORDERS: Mapping[str, Order] = {
    "Newest first": "newest",
    "Oldest first": "oldest",
    "By name": "name",
    "Largest first": "largest",
    "Smallest first": "smallest",
}


def show(catalogue: PersonalCatalogue) -> tuple[DocumentFilter, Order]:
    """A row of choices; those that have nothing to choose between are left out."""
    collections = list(catalogue.collections())
    media_types = catalogue.listed.media_types()
    kinds = [kind for kind, patterns in _KINDS.items() if _has(media_types, patterns)]
    with st.container(key="document-filter", horizontal=True, gap="small"):
        words = st.text_input(
            "Find documents", key="find", placeholder="Find by name or title", label_visibility="collapsed", width=260
        )
        collection = _choice("In collection", "All collections", collections, "in-collection")
        kind = _choice("Kind of file", "All kinds", kinds, "of-kind")
        state = _choice("State", "Any state", list(_STATES), "in-state", fewest=1)
        order = st.selectbox("Order", list(_ORDERS), key="in-order", label_visibility="collapsed", width=155)
    wanted = DocumentFilter(words.strip(), collection, _KINDS.get(kind or "", ()), _STATES.get(state or ""))
    return wanted, _ORDERS[order]


def clear() -> None:
    """Show every document again; a callback."""
    st.session_state["find"] = ""
    for key in ("in-collection", "of-kind", "in-state"):
        st.session_state[key] = None


def _choice(name: str, hint: str, options: list[str], key: str, *, fewest: int = 2) -> str | None:
    """What was chosen; None, for everything, where there are not even so many to choose between."""
    chosen = st.session_state.get(key)
    if len(options) < fewest and chosen is None:
        return None
    if chosen is not None and chosen not in options:  # its last document is gone
        st.session_state[key] = None
    return st.selectbox(name, options, index=None, key=key, placeholder=hint, label_visibility="collapsed", width=175)


def _has(media_types: Sequence[str], patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(found, pattern) for found in media_types for pattern in patterns)
