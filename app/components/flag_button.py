"""Below an answer: a button by which a person is asked to look at it, one that takes that back, and what that person
has noted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from app.components.plain_text import label
from app.components.resources import personal
from app.words import tr
from rag.errors import FootnoteError, InputError
from rag.inert import visible
from rag.types import Answer

_FLAGGED, _NOTES = "flagged", "flags-looked-at"
_LONGEST_NOTE = 500


def _flagged() -> dict[int, int]:
    """Number of an answer of the conversation on the page -> that of its flag."""
    flagged: dict[int, int] = st.session_state.setdefault(_FLAGGED, {})
    return flagged


def _notes() -> dict[int, str]:
    """Number of an answer -> what was noted when its flag was closed."""
    notes: dict[int, str] = st.session_state.setdefault(_NOTES, {})
    return notes


def show_note(number: int) -> None:
    """That somebody has looked at this answer, to the one who flagged it; not while it is flagged once more."""
    if number not in _notes() or number in _flagged():
        return
    note = label(_notes()[number], _LONGEST_NOTE)
    told = tr("Looked at: {note}", note=note) if note else tr("Looked at")
    st.caption(f":material/task_alt: {told}")


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
            st.button(back, icon=icon, key=key, type="tertiary", on_click=_withdraw, args=(answer, number))


def _withdraw(answer: Answer, number: int) -> None:
    """What cannot be taken back is still flagged, or was looked at."""
    try:
        personal().withdraw_flag(_flagged()[number])
    except InputError:
        st.toast(tr("Somebody has looked at it meanwhile: the flag stays."), icon=":material/info:")
        del _flagged()[number]
        look_up([answer], number)
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
    else:
        del _flagged()[number]
        st.toast(tr("The flag is taken back."), icon=":material/check:")


def look_up(answers: Sequence[Answer], first: int) -> None:
    """See which answers of a conversation that was opened are flagged, or were looked at; `first`: the number of the
    first of them."""
    with suppress(FootnoteError):  # the next flag meets the same error, and says it
        for number, flag in enumerate(personal().flagged(answers), start=first):
            if flag is not None:
                _flagged()[number] = flag
        for number, note in enumerate(personal().notes_on(answers), start=first):
            if note is not None:
                _notes()[number] = note


def rewind(number: int) -> None:
    """Forget of this answer and later ones that they were flagged, or looked at: others take their places."""
    st.session_state[_FLAGGED] = {one: flag for one, flag in _flagged().items() if one < number}
    st.session_state[_NOTES] = {one: note for one, note in _notes().items() if one < number}
