"""Below an answer: a button by which a person is asked to look at it, and one that takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from app.components.resources import personal
from app.words import tr
from rag.errors import FootnoteError, InputError
from rag.inert import visible
from rag.types import Answer

_FLAGGED = "flagged"


def _flagged() -> dict[int, int]:
    """Number of an answer of the conversation on the page -> that of its flag."""
    flagged: dict[int, int] = st.session_state.setdefault(_FLAGGED, {})
    return flagged


def show(answer: Answer, number: int) -> None:
    """The button, or that this answer of the conversation was flagged, with the way back. Raises StoreError where it
    cannot be kept."""
    place = st.empty()
    told = tr("Keeps question, answer and sources for an admin, who finds them on the Admin page")
    if number not in _flagged() and place.button(
        tr("Flag for review"), icon=":material/flag:", key=f"flag-{number}", type="tertiary", help=told
    ):
        _flagged()[number] = personal().flag(answer)
    if number in _flagged():
        with place.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            done, back = tr("Flagged for review"), tr("Take back the flag")
            st.caption(f":material/flag: {done}", width="content")
            key, icon = f"unflag-{number}", ":material/undo:"
            st.button(back, icon=icon, key=key, type="tertiary", on_click=_withdraw, args=(number,))


def _withdraw(number: int) -> None:
    """What cannot be taken back is still flagged."""
    try:
        personal().withdraw_flag(_flagged()[number])
    except InputError:
        st.toast(tr("Somebody has looked at it meanwhile: the flag stays."), icon=":material/info:")
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
    else:
        del _flagged()[number]
        st.toast(tr("The flag is taken back."), icon=":material/check:")


def look_up(answers: Sequence[Answer], first: int) -> None:
    """See which answers of a conversation that was opened are flagged; `first`: the number of the first of them."""
    with suppress(FootnoteError):  # the next flag meets the same error, and says it
        for number, flag in enumerate(personal().flagged(answers), start=first):
            if flag is not None:
                _flagged()[number] = flag


def rewind(number: int) -> None:
    """Forget of this answer and later ones that they were flagged: others take their places."""
    st.session_state[_FLAGGED] = {one: flag for one, flag in _flagged().items() if one < number}
