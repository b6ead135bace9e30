"""Below an answer: a thumb up or down, and for a thumb down what was wrong."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.components import kept, ratings
from app.components.plain_text import label
from app.components.ratings import Given
from app.components.resources import personal
from app.words import msgid, tr, trn
from indexes.feedback import MOST_COMMENT, REASONS, Rating
from rag.errors import FootnoteError
from rag.inert import visible
from rag.types import Turn

_UP, _DOWN = 1, 0
_OPENED = "rating-opened"
_NOTED = msgid("Noted, thank you.")
NAMES = (
    msgid("wrong"),
    msgid("not in the source"),
    msgid("incomplete"),
    msgid("should have refused"),
    msgid("too slow"),
    msgid("other"),
)
"""REASONS once more, to be looked up."""


def show(turn: Turn, number: int) -> None:
    """The thumbs, as they were given."""
    given = ratings.all_given().get(number)
    key = f"thumbs-{number}-{kept.n_rewound()}-{kept.number()}"
    if given is not None:
        _begin(key, _UP if given.rating.is_up else _DOWN)
    st.feedback("thumbs", key=key, on_change=partial(_rate, turn, number, key, kept.turn_of(number)))


def _begin(key: str, value: object) -> None:
    """A widget that was not there before begins with what is kept; a default would make another widget of it."""
    if key not in st.session_state:
        st.session_state[key] = value


def show_reasons(number: int, *, is_last: bool) -> None:
    """Of a thumb down: why, to be chosen below the last answer and the one that was rated last, else as it was said."""
    given = ratings.all_given().get(number)
    if given is None or given.rating.is_up:
        return
    if not is_last and st.session_state.get(_OPENED) != number:
        said = "; ".join(filter(None, (", ".join(map(tr, given.rating.reasons)), given.rating.comment)))
        st.caption(f":material/thumb_down: {label(said, 300)}" if said else "")
        return
    with st.container(key=f"reasons-{number}", gap="small"):
        _choice(number, given)


def _choice(number: int, given: Given) -> None:
    reasons, comment = (f"{name}-{given.id}" for name in ("why", "comment"))
    change = partial(_explain, number, reasons, comment)
    _begin(reasons, list(given.rating.reasons))
    _begin(comment, given.rating.comment)
    st.pills(
        tr("What was wrong?"),
        REASONS,
        selection_mode="multi",
        format_func=capital,
        key=reasons,
        on_change=change,
    )
    st.text_input(
        tr("Comment"),
        placeholder=tr("Anything else? (optional)"),
        label_visibility="collapsed",
        max_chars=MOST_COMMENT,
        key=comment,
        on_change=change,
    )
    st.caption(_who_reads())


def _who_reads() -> str:
    """Said where it is written."""
    days = personal().settings.audit_days
    if personal().is_signed_in:
        return trn(
            days,
            "Admins read this comment. It is kept for {n} day, whatever becomes of the conversation.",
            "Admins read this comment. It is kept for {n} days, whatever becomes of the conversation.",
        )
    return trn(
        days,
        "Whoever runs Footnote or sees its Usage page reads this comment. It is kept for {n} day, whatever becomes of "
        "the conversation.",
        "Whoever runs Footnote or sees its Usage page reads this comment. It is kept for {n} days, whatever becomes of "
        "the conversation.",
    )


def capital(reason: str) -> str:
    """One of REASONS in the reader's language, with a capital."""
    name = tr(reason)
    return f"{name[:1].upper()}{name[1:]}"


def _rate(turn: Turn, number: int, key: str, place: tuple[int, int] | None) -> None:
    """Keeps what was pressed; the same thumb once more takes it back. `place`: as it was drawn; nothing is said of a
    turn of another conversation that is on the page by now."""
    if kept.turn_of(number) != place:
        return
    pressed, given = st.session_state.get(key), ratings.all_given().pop(number, None)
    st.session_state[_OPENED] = number
    try:
        if given is not None:
            personal().withdraw_rating(given.id)
        if pressed is not None:
            rating = Rating(pressed == _UP)
            ratings.all_given()[number] = Given(personal().rate(turn.answer, rating, place), rating)
    except FootnoteError as error:
        st.toast(tr("This is not kept: {why}", why=visible(str(error))), icon=":material/warning:")
        return
    st.toast(tr("Your rating is taken back.") if pressed is None else tr(_NOTED), icon=":material/check:")


def _explain(number: int, reasons: str, comment: str) -> None:
    given = ratings.all_given().get(number)
    if given is None:
        return
    said = Rating(False, tuple(st.session_state.get(reasons) or ()), st.session_state.get(comment) or "")
    rating = personal().worded(said)
    try:
        personal().change_rating(given.id, rating)
    except FootnoteError as error:
        st.toast(tr("This is not kept: {why}", why=visible(str(error))), icon=":material/warning:")
        return
    ratings.all_given()[number] = Given(given.id, rating)
    st.toast(tr(_NOTED), icon=":material/check:")
