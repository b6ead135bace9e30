"""The conversation of this session as it is kept: begun with its first question, opened again from the list."""

from __future__ import annotations

import streamlit as st

from app import kept_turns
from app.components import document_choice, flag_button, ratings, sampling_choice, scope_choice
from app.components.resources import personal
from app.serve import LOOPBACK
from app.words import tr
from indexes.conversations import ConversationShelf, TurnRecord
from indexes.feedback import FeedbackRecord
from rag.errors import FootnoteError
from rag.inert import visible
from rag.types import Turn

_NUMBER, _CHANGED, _PARAMETER = "conversation", "conversation-changed", "c"
_REWOUND = "rewound"
_EARLIER = "n-earlier"
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
"""What proxies add to a request."""


def shelf() -> ConversationShelf:
    """Where conversations are kept."""
    return personal().conversations


def is_kept() -> bool:
    """Whether what is asked here is kept and listed. Where nobody signs in, whoever reaches the page sees the list: by
    default there is none then where others than this machine's own people may."""
    wanted = personal().settings.conversations
    return shelf().is_kept and (wanted == "always" or (wanted == "auto" and (is_alone() or personal().is_signed_in)))


def is_alone() -> bool:
    """Whether this page can be reached from this machine only, and not through a proxy that stands on it."""
    return personal().settings.host in LOOPBACK and not any(name in st.context.headers for name in _FORWARDED)


def number() -> int | None:
    """Of the conversation on the page; None before its first answer, and where nothing can be kept."""
    kept: int | None = st.session_state.get(_NUMBER)
    return kept


def turns() -> list[Turn]:
    """What was asked and answered in the conversation on the page. The address says which one that is, so that a
    page that is loaded anew goes on with it."""
    if "turns" not in st.session_state:
        st.session_state["turns"] = []
        wanted = st.query_params.get(_PARAMETER, "")
        if is_kept() and wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
            _open(int(wanted))
    kept: list[Turn] = st.session_state["turns"]
    return kept


def add(turn: Turn) -> None:
    """One more turn, kept at once. Where it cannot be kept the page says so, and the conversation goes on."""
    turns().append(turn)
    if not is_kept():
        return
    try:
        if number() is None or not _keep(len(turns()) - 1):
            _begin()
        st.query_params[_PARAMETER] = str(number())
    except FootnoteError as error:
        st.toast(tr("This answer is not kept: {why}", why=visible(str(error))), icon=":material/warning:")


def _begin() -> None:
    """A conversation with all that is on the page: the first turn, or one that was gone on with elsewhere."""
    if number() is not None:
        st.toast(tr("This conversation was changed elsewhere meanwhile: what is here is kept as another one."))
    st.session_state[_NUMBER] = shelf().begin(personal().name, visible(turns()[0].question))
    st.session_state[_CHANGED] = None
    for place in range(len(turns())):
        _keep(place)


def _keep(place: int) -> bool:
    """False where it was changed elsewhere, by another tab or person, since it was opened here."""
    turn, known = turns()[place], st.session_state.get(_CHANGED)
    kept = TurnRecord(visible(turn.question), visible(turn.answer.text), kept_turns.as_json(turn))
    changed = shelf().keep(personal().name, st.session_state[_NUMBER], place, kept, known=known)
    st.session_state[_CHANGED] = changed
    return changed is not None


def turn_of(place: int) -> tuple[int, int] | None:
    """The conversation and the place in it by which this turn is kept; None where it is not."""
    kept = number()
    return None if kept is None or not is_kept() else (kept, place)


def feedback(conversation: int) -> dict[int, FeedbackRecord]:
    """Place of a turn -> what was said of its answer."""
    return personal().ratings_of(conversation)


def rewind(place: int) -> None:
    """Take back this turn and what followed; it stays where it is kept until another one has taken its place."""
    del turns()[place:]
    flag_button.rewind(place)
    ratings.rewind(place)
    st.session_state[_REWOUND] = n_rewound() + 1


def n_rewound() -> int:
    """How often that was done in this session: what was open below an answer stays open below no other one."""
    n: int = st.session_state.get(_REWOUND, 0)
    return n


def n_shown(most: int) -> int:
    """Turns that are drawn: at first `most`, since each costs a moment in every run of the page."""
    return most * (1 + int(st.session_state.get(_EARLIER, 0)))


def show_more() -> None:
    """As many again, further up."""
    st.session_state[_EARLIER] = int(st.session_state.get(_EARLIER, 0)) + 1


def open_one(wanted: int) -> None:
    """Show this conversation; a callback of the list."""
    clear()
    _open(wanted)


def clear() -> None:
    """Begin anew; what was there stays in the list."""
    st.session_state["turns"] = []
    st.session_state[_NUMBER] = None
    st.session_state[_EARLIER] = 0
    st.query_params.pop(_PARAMETER, None)
    st.session_state["narrow"] = ""
    document_choice.choose(())
    flag_button.rewind(0)
    ratings.rewind(0)
    sampling_choice.clear()


def _open(wanted: int) -> None:
    try:
        st.session_state[_CHANGED] = shelf().record(personal().name, wanted).changed_at
        st.session_state["turns"] = [kept_turns.read(text) for text in shelf().turns(personal().name, wanted)]
        ratings.open_all(feedback(wanted))
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
        st.query_params.pop(_PARAMETER, None)
        return
    if st.session_state["turns"]:
        scope_choice.restore(st.session_state["turns"][-1].scope)
    st.session_state[_NUMBER] = wanted
    st.query_params[_PARAMETER] = str(wanted)
