"""The sets and runs of this server's home, and what starts them; shared by all sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.components.plain_text import label
from app.components.resources import workspace
from app.evaluation.lane import Lane
from app.evaluation.runs import Runs
from app.evaluation.sets import QuestionSets
from indexes.home import environment
from rag.errors import FootnoteError

_TROUBLE = "evaluation-trouble"
_TURNED = "evaluation-turned"


@dataclass(frozen=True, slots=True)
class Stores:
    """What the page lists and starts."""

    sets: QuestionSets
    runs: Runs


@st.cache_resource(show_spinner=False)
def stores() -> Stores:
    """Opening them starts nothing."""
    home, environ = workspace().settings.home.absolute(), environment()
    measuring = Lane("measuring", home, environ)
    return Stores(QuestionSets(home, measuring), Runs(home, measuring, Lane("comparing", home, environ)))


def attempt(act: Callable[..., object], *args: object) -> bool:
    """Whether it could be done; what it could not be done for is told by the part of the page that is drawn next."""
    try:
        act(*args)
    except FootnoteError as error:
        st.session_state[_TROUBLE] = str(error)
        return False
    return True


def try_to(act: Callable[..., object], *args: object, **options: object) -> None:
    """The same for a button."""
    attempt(partial(act, **options), *args)


def turn_to(key: str, value: object) -> None:
    """For a button in a part that runs by itself: keep what is wished for, and let the whole page follow."""
    st.session_state[key] = value
    st.session_state[_TURNED] = True


def follow() -> None:
    """At the beginning of such a part: run the whole page where something was wished for."""
    if st.session_state.pop(_TURNED, False):
        st.rerun()


def show_trouble() -> None:
    """Tell once what could not be done; what a button's callback shows itself would stand where it does not belong."""
    if trouble := st.session_state.pop(_TROUBLE, ""):
        st.error(label(trouble, 400), icon=":material/error:")


def draw(part: Callable[..., None], **values: object) -> None:
    """Draw what runs by itself: its errors become sentences, too."""
    follow()
    show_trouble()
    with telling():
        part(**values)


@contextmanager
def telling() -> Iterator[None]:
    """What cannot be done in such a block is told right there, and the page goes on below it."""
    try:
        yield
    except FootnoteError as error:
        st.error(label(str(error), 400), icon=":material/error:")


def collections() -> Sequence[str]:
    """Collections with documents, which questions can be about."""
    return sorted(name for name, n in workspace().library.catalogue.collections().items() if n)


def sources(collection: str) -> frozenset[str]:
    """What its documents are known by."""
    catalogue = workspace().library.catalogue
    return _sources(str(catalogue.home), catalogue.sequence(), collection)


@st.cache_resource(max_entries=8, show_spinner=False)
def _sources(home: str, sequence: int, collection: str) -> frozenset[str]:  # noqa: ARG001 - the cache's key
    return frozenset(source for _, source in workspace().library.catalogue.listed.sources(collection))
