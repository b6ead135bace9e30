"""The columns of the table of documents: what stands in them, and how wide and under which names they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app.components.columns import written
from app.components.plain_text import parted, shortened
from app.words import day_of, msgid, tr
from app.words.places import page_count
from app.words.sizes import size
from rag.inert import flat
from rag.page_kinds import PageKind, page_kind
from rag.types import DocumentRecord

_LONGEST_NAME = 32
"""What its column shows: the table cuts a longer name at its end, where it says what kind of file this is."""
_LONGEST_FOLDER = 28
_LONGEST_COLLECTION = 14
_WIDTHS = {
    msgid("File"): 225,
    msgid("Collection"): 100,
    msgid("Folder"): 205,
    msgid("Title"): 132,
    msgid("Notes"): 170,
    msgid("Pages"): 80,
    msgid("Passages"): 80,
    msgid("Size"): 73,
    msgid("Added"): 90,
    msgid("Files inside"): 83,
}
"""Pixels, in the order in which they are drawn. Where all are there, those up to the size fit beside each other into
the page, as wide as it is on a screen of 1,280 or more; without folders all of them do, and without notes."""
_PAGES: Mapping[PageKind, str] = {"page": "Pages", "sheet": msgid("Sheets"), "slide": msgid("Slides")}
_NUMBERS = ("Pages", "Passages", "Files inside", "Size")


def look(records: Sequence[DocumentRecord]) -> dict[str, Any]:
    """How the columns are drawn, for `st.dataframe`."""
    heads = {"Pages": _PAGES[_headed(records)]}
    return {name: _drawn(name, heads.get(name, name), width) for name, width in _WIDTHS.items()}


def _drawn(name: str, head: str, width: int) -> Any:  # noqa: ANN401 - Streamlit's own kind of column
    kind = st.column_config.NumberColumn if name in _NUMBERS else st.column_config.TextColumn
    return kind(tr(head), width=width)


def _headed(records: Sequence[DocumentRecord]) -> PageKind:
    """What the column of pages is called: by what all of these documents have, where that is the same."""
    kinds = {page_kind(record.source) for record in records if record.n_pages}
    return kinds.pop() if len(kinds) == 1 else "page"


def table(records: Sequence[DocumentRecord]) -> Any:  # noqa: ANN401 - as `written` gives it
    """The table as it is shown. What the head of a column does not say of a cell stands in it: of some pages that they
    are sheets."""
    drawn, headed = written(_cells(records), {"Size": size, "Added": day_of}), _headed(records)
    for kind in _PAGES:
        rows = [row for row, one in enumerate(records) if one.n_pages and page_kind(one.source) == kind]
        if rows and kind != headed:
            drawn = drawn.format(partial(page_count, records[rows[0]].source), subset=(rows, ["Pages"]))
    return drawn


def _cells(records: Sequence[DocumentRecord]) -> dict[str, list[Any]]:
    """Column name -> cells; a file that is nothing but what it holds has no passages of its own."""
    places = [parted(record.source) for record in records]
    columns: dict[str, list[Any]] = {
        "File": [shortened(name, _LONGEST_NAME) for name, _ in places],
        "Collection": [shortened(record.collection, _LONGEST_COLLECTION) for record in records],
        "Folder": [_end_of(_line(folder)) or None for _, folder in places],
        "Title": [_line(record.title) for record in records],
        "Notes": [_line(" ".join(record.warnings)) or None for record in records],
        "Pages": [record.n_pages or None for record in records],
        "Passages": [record.n_chunks or (None if record.n_members else 0) for record in records],
        "Size": [record.size for record in records],
        "Added": [record.added_at for record in records],
        "Files inside": [record.n_members or None for record in records],
    }
    return {name: cells for name, cells in columns.items() if any(cells) or name == "Passages"}


def _end_of(folder: str) -> str:
    """The inner folders, which tell files apart; the view of a document shows all of them."""
    return folder if len(folder) <= _LONGEST_FOLDER else f"…{folder[1 - _LONGEST_FOLDER :]}"


def _line(text: str) -> str:
    return flat(text)[:300]
