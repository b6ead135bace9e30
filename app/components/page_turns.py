"""The turns of an open page: it holds those that it shows, and older ones only as far as nothing else does."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import streamlit as st

from app import kept_turns
from rag.types import Turn

PART = 30
"""Turns that are shown at first, and as many more each time: each costs a moment in every run of the page."""
MOST_ASIDE = 170
"""Of the older turns that are kept nowhere, so that a page that stays open cannot fill the memory."""
_HELD, _BEFORE, _ASIDE, _PARTS = "turns", "n-turns-before", "turns-aside", "n-parts"

Earlier = Callable[[int, int], list[Turn]]
"""Reads turns again that are kept elsewhere: from a place, counted from 0, so many."""


def is_begun() -> bool:
    """Whether this session has looked for a conversation."""
    return _HELD in st.session_state


def held() -> list[Turn]:
    """The latest ones, in order: those that are shown."""
    turns: list[Turn] = st.session_state[_HELD]
    return turns


def n_before() -> int:
    """How many of the conversation came before those."""
    n: int = st.session_state.get(_BEFORE, 0)
    return n


def n_turns() -> int:
    """Of the whole conversation."""
    return n_before() + len(held())


def n_gone(n_kept: int) -> int:
    """How many of its first turns nobody can read any more. `n_kept`: so many of them are kept elsewhere."""
    first_aside = n_before() - len(_aside())
    return 0 if first_aside <= n_kept else first_aside


def begin(latest: list[Turn], n_before: int = 0) -> None:
    """Hold the end of another conversation."""
    hold(latest, n_before)
    st.session_state[_PARTS] = 1


def hold(turns: list[Turn], n_before: int = 0) -> None:
    """These instead of all that was here."""
    st.session_state[_HELD] = turns
    st.session_state[_BEFORE] = n_before
    st.session_state[_ASIDE] = []


def put_aside(n_kept: int) -> None:
    """Let go of the turns that are not shown any more. Those that are kept elsewhere are only counted."""
    most = PART * int(st.session_state.get(_PARTS, 1))
    while len(held()) > most:
        turn = held().pop(0)
        if n_before() >= n_kept:
            packed = zlib.compress(kept_turns.as_json(turn).encode())
            st.session_state[_ASIDE] = [*_aside(), packed][-MOST_ASIDE:]
        st.session_state[_BEFORE] = n_before() + 1


def show_more(earlier: Earlier) -> None:
    """Hold one part more, further up. Raises what `earlier` raises."""
    packed = _aside()[-PART:]
    n = min(PART, n_before()) - len(packed)
    older = [*(earlier(n_before() - len(packed) - n, n) if n else []), *map(_read, packed)]
    st.session_state[_HELD] = [*older, *held()]
    st.session_state[_BEFORE] = n_before() - len(older)
    st.session_state[_ASIDE] = _aside()[: len(_aside()) - len(packed)]
    st.session_state[_PARTS] = int(st.session_state.get(_PARTS, 1)) + 1


def everything(earlier: Earlier) -> list[Turn]:
    """The whole conversation, as far as it can be read. Raises what `earlier` raises."""
    n = n_before() - len(_aside())
    return [*(earlier(0, n) if n else []), *map(_read, _aside()), *held()]


def rewind(place: int) -> None:
    """Let go of this turn and what followed."""
    n_fewer = max(0, n_before() - place)
    del held()[max(0, place - n_before()) :]
    st.session_state[_ASIDE] = _aside()[: max(0, len(_aside()) - n_fewer)]
    st.session_state[_BEFORE] = n_before() - n_fewer


def _aside() -> list[bytes]:
    packed: list[bytes] = st.session_state.get(_ASIDE, [])
    return packed


def _read(packed: bytes) -> Turn:
    return kept_turns.read(zlib.decompress(packed).decode())
