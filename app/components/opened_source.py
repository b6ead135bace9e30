"""Which source is open in the drawer, and at which page."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from rag.types import Citation, Hit

_OPENED = "opened-source"
ZOOMS = (1.0, 1.5, 2.0, 3.0)
"""Widths of a page's picture, in widths of the drawer."""


@dataclass(frozen=True, slots=True)
class View:
    """A citation's quote, or a hit's whole passage, in its document."""

    source: Citation | Hit
    cited: tuple[Citation, ...] = ()
    """All citations that the answer has of this document."""
    page: int | None = None
    """The page that was turned to; None for the one on which the source begins."""
    zoom: int = 0
    """Which of ZOOMS."""
    quarters: int = 0
    """By how many quarters of a turn, clockwise, pages are shown turned: a scan may lie on its side."""

    @property
    def first_page(self) -> int | None:
        """The page on which the source begins; None in a document without pages."""
        return self.source.page if isinstance(self.source, Citation) else self.source.chunk.page


def opened() -> View | None:
    """What the drawer shows; None where it is closed."""
    view: View | None = st.session_state.get(_OPENED)
    return view


def put(view: View | None) -> None:
    """Let the drawer show this, or nothing."""
    st.session_state[_OPENED] = view


def go(source: Citation) -> None:
    """Show another citation of the same document."""
    if view := opened():
        put(replace(view, source=source, page=None))


def turn(page: int) -> None:
    """Show another page."""
    if view := opened():
        put(replace(view, page=page))


def rotate() -> None:
    """Show the pages turned by a quarter more, clockwise."""
    if view := opened():
        put(replace(view, quarters=(view.quarters + 1) % 4))


def zoom(by: int) -> None:
    """Show the page larger or smaller."""
    if view := opened():
        put(replace(view, zoom=min(max(view.zoom + by, 0), len(ZOOMS) - 1)))
