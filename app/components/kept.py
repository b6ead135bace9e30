"""The conversation of this session as it is kept: begun with its first question, opened again from the list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

import streamlit as st

from app import asking, kept_turns
from app.components import document_choice, flag_button, page_turns, ratings, sampling_choice, scope_choice
from app.components.plain_text import label
from app.components.resources import personal
from app.components.to_the_end import to_the_end
from app.serve import LOOPBACK
from app.words import msgid, tr
from indexes.conversations import ConversationShelf, TurnRecord
from indexes.feedback import FeedbackRecord
from rag.errors import FootnoteError, InputError
from rag.inert import visible
from rag.types import Turn

_NUMBER, _CHANGED, _PARAMETER = "conversation", "conversation-changed", "c"
IS_NEW = "last-turn-is-new"
"""Of a session: whether the page has not yet brought its last question and answer into view."""
_REWOUND = "rewound"
_KEPT, _NOT_KEPT = "n-turns-kept", "not-kept-why"
_LONGEST_WHY = 500
_ON_THEIR_WAY = ["suggested", "alone", "told-with-question", "question-on-its-way", "waited-question", "asked-at-once"]
"""Of questions that are put and not kept yet."""
_IS_ASKED, _REPLACED, _MARK = "question-kept", "turn-to-replace", "mark-of-question"
_LOOK_S = 1.0
_ELSEWHERE = msgid("This conversation was changed elsewhere meanwhile: what is here is kept as another one.")
_APART = msgid("What is here is kept as another conversation: some of it could not be kept in the first one.")
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
    """The latest of what was asked and answered in the conversation on the page: those that it shows. The address says
    which one that is, so that a page that is loaded anew goes on with it."""
    if not page_turns.is_begun():
        page_turns.begin([])
        wanted = st.query_params.get(_PARAMETER, "")
        if is_kept() and wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
            _open(int(wanted))
    return page_turns.held()


def settle() -> None:
    """Open the conversation that the address names, or let it name the one that is open: a visit to another page takes
    that out of it, and a page that is loaded anew would not go on with it."""
    turns()
    if number() is not None and is_kept() and st.query_params.get(_PARAMETER) != str(number()):
        st.query_params[_PARAMETER] = str(number())


def n_gone() -> int:
    """How many of the first questions cannot be shown any more: of a conversation that is kept nowhere."""
    return page_turns.n_gone(_n_kept())


def add(turn: Turn, *, is_shared: bool = False) -> None:
    """One more turn, kept at once. Where it cannot be kept the page says so, and the conversation goes on.
    `is_shared`: each tab that shows the conversation would add it."""
    turns().append(turn)
    st.session_state[_IS_ASKED] = False
    st.session_state.pop(_REPLACED, None)
    st.session_state[_NOT_KEPT] = ""
    if is_kept():
        try:
            _keep(is_shared=is_shared)
        except FootnoteError as error:
            st.session_state[_NOT_KEPT] = visible(str(error))
    page_turns.put_aside(_n_kept())


def show_not_kept() -> None:
    """Tells so below the last answer, and why, until what is here can be kept."""
    if why := st.session_state.get(_NOT_KEPT):
        told = tr("This conversation is not kept: {why}", why=label(why, _LONGEST_WHY))
        st.warning(told, icon=":material/warning:")


@contextmanager
def asked(question: Turn, *, is_shared: bool = False) -> Iterator[bool]:
    """While this lasts the question is kept as one that is being answered: whatever becomes of this process, it is not
    lost. The turn that is added takes its place; where none is, it is taken back.

    `is_shared`: it has a place in the conversation, and each tab that shows that would ask it. False where another one
    was first, whose conversation is on the page from then on.
    """
    is_mine = True
    with ExitStack() as answering:
        if is_kept():
            with suppress(FootnoteError, OSError):  # whoever keeps the answer meets the same error, and says it
                mark = answering.enter_context(asking.being_answered(personal().settings.home))
                has_place = is_shared or _replaces_no_answer()
                with to_the_end():  # or it would be kept, and nobody would know that it is
                    is_mine = _keep(replace(question, asked_by=mark), is_shared=is_shared, has_place=has_place)
                    st.session_state[_MARK] = mark if is_mine else ""
                    st.session_state[_IS_ASKED] = not has_place  # in its place it stays, to be asked again
        try:
            yield is_mine
        finally:
            with to_the_end():
                st.session_state[_MARK] = ""
                if st.session_state.pop(_IS_ASKED, False):
                    _withdraw()


def so_far(turn: Turn) -> None:
    """Keep what there is of the answer to the question that is kept as being answered."""
    if mark := st.session_state.get(_MARK):
        with suppress(FootnoteError), to_the_end():  # whoever keeps the answer meets the same error, and says it
            record, known = _record(replace(turn, asked_by=mark)), st.session_state[_CHANGED]
            shelf().amend(personal().name, st.session_state[_NUMBER], record, known=known)


def _withdraw() -> None:
    kept, known = st.session_state[_NUMBER], st.session_state[_CHANGED]
    with suppress(FootnoteError):  # it stays as one that was not answered
        changed = shelf().withdraw(personal().name, kept, known=known)
        if changed is not None:
            st.session_state[_CHANGED] = changed
        elif not page_turns.n_turns():
            st.session_state[_NUMBER] = None
            st.query_params.pop(_PARAMETER, None)


def _keep(question: Turn | None = None, *, is_shared: bool, has_place: bool = False) -> bool:
    """What is not kept yet, and a question that is asked now, in a conversation that begins with it where there is none
    to go on with; one that `has_place` takes that of what the page does not hold any more. False where nothing was,
    since what is shared is seen to by another tab."""
    if number() is None:
        _begin(question)
    elif page_turns.n_before() > _n_kept():
        _begin(question, _APART)
    elif not _keep_rest(question, has_place=has_place):
        if is_shared:
            open_one(st.session_state[_NUMBER])
            return False
        _begin(question, _ELSEWHERE)
    st.query_params[_PARAMETER] = str(number())
    return True


def _begin(question: Turn | None, why: str = "") -> None:
    """A conversation with all that can be read of what is on the page: the first turn, or one that was gone on with
    elsewhere. `why` is told."""
    try:
        whole = page_turns.everything(_earlier)
    except InputError:  # it was removed meanwhile
        whole = list(turns())
    if why:
        st.toast(tr(why))
    if len(whole) < page_turns.n_turns():  # all of them take other places
        flag_button.rewind(0)
        ratings.rewind(0)
    page_turns.hold(whole)
    title = next(turn.question for turn in (*whole, question) if turn)
    st.session_state[_NUMBER] = shelf().begin(personal().name, visible(title))
    st.session_state[_CHANGED] = None
    st.session_state[_KEPT] = 0
    _keep_rest(question)


def _keep_rest(question: Turn | None, *, has_place: bool = False) -> bool:
    """False where it was changed or removed elsewhere, by another tab or person, since it was opened here."""
    for place in range(_n_kept(), page_turns.n_turns()):
        if not _put(turns()[place - page_turns.n_before()], place):
            return False
        st.session_state[_KEPT] = place + 1
    return question is None or _put(question, page_turns.n_turns() if has_place else None)


def _put(turn: Turn, place: int | None = None) -> bool:
    """Keep a turn at its place, or a question that has none yet; False as above."""
    record = _record(turn)
    conversation, known = (personal().name, st.session_state[_NUMBER]), st.session_state.get(_CHANGED)
    try:
        if place is None:
            changed = shelf().ask(*conversation, record, known=known)
        else:
            changed = shelf().keep(*conversation, place, record, known=known)
    except InputError:
        return False
    if changed is not None:
        st.session_state[_CHANGED] = changed
    return changed is not None


def _record(turn: Turn) -> TurnRecord:
    return TurnRecord(visible(turn.question), visible(turn.answer.text), kept_turns.as_json(turn), turn.asked_at)


def _n_kept() -> int:
    """So many turns, from the first on, can be read again from where conversations are kept."""
    n: int = st.session_state.get(_KEPT, 0)
    return n if is_kept() else 0


def _earlier(first: int, n: int) -> list[Turn]:
    kept = number()
    if kept is None or not is_kept():
        return []
    return [kept_turns.read(text) for text in shelf().turns(personal().name, kept, first, n)]


def turn_of(place: int) -> tuple[int, int] | None:
    """The conversation and the place in it by which this turn is kept; None where it is not."""
    kept = number()
    return None if kept is None or not is_kept() else (kept, place)


def feedback(conversation: int) -> dict[int, FeedbackRecord]:
    """Place of a turn -> what was said of its answer."""
    return personal().ratings_of(conversation)


@to_the_end()
def rewind(place: int) -> None:
    """Take back this turn and what followed; it stays where it is kept until another one has taken its place."""
    page_turns.rewind(place)
    if not turns() and page_turns.n_before():
        show_more()
    st.session_state[_KEPT] = min(place, st.session_state.get(_KEPT, 0))
    flag_button.rewind(place)
    ratings.rewind(place)
    st.session_state[_REWOUND] = n_rewound() + 1


@to_the_end()
def rewind_to_replace(place: int) -> None:
    """Take back the last turn, until another one is added or it is put back."""
    replaced = turns()[-1], _n_kept(), number()
    rewind(place)
    st.session_state[_REPLACED] = replaced


def _replaces_no_answer() -> bool:
    """Whether the turn that is to be replaced has none that could be lost: two of the same question would be left of a
    server that is killed."""
    turn = _replaced()
    return turn is not None and not turn.answer.text


def _replaced() -> Turn | None:
    turn: Turn | None = st.session_state.get(_REPLACED, (None,))[0]
    return turn


@to_the_end()
def put_back() -> bool:
    """Whether a turn that was to be replaced is there again: one that has an answer."""
    turn = _replaced()
    if turn is None or not turn.answer.text:
        st.session_state.pop(_REPLACED, None)
        return False
    _restore()
    return True


def put_back_unasked() -> None:
    """The same, answered or not, where nothing is asked: a click elsewhere, or an error that nobody foresaw, has ended
    the run that was to replace it."""
    if _replaced() is not None:
        _restore()


@to_the_end()
def _restore() -> None:
    turn, n_kept, whose = st.session_state.pop(_REPLACED)
    turns().append(turn)
    if whose == number():  # else all of it has moved to another conversation, which has to get this one, too
        st.session_state[_KEPT] = n_kept
    _look_up_flags()
    if (conversation := number()) is not None and is_kept():
        ratings.open_all(feedback(conversation))


def _look_up_flags() -> None:
    flag_button.look_up([turn.answer for turn in turns()], page_turns.n_before())


def is_asked_elsewhere() -> bool:
    """Whether the last question is being answered just now for another tab, or for a page that was left."""
    return bool(turns() and turns()[-1].asked_by)


def show_asked_elsewhere() -> None:
    """Tells so; the page runs again once the question is answered, or will not be."""
    if is_asked_elsewhere():
        st.fragment(_look, run_every=_LOOK_S)()


def _is_at_it(mark: str) -> bool:
    """False, too, where a full disk lets nobody find that out."""
    try:
        return asking.is_being_answered(personal().settings.home, mark)
    except OSError:
        return False


def _look() -> None:
    mark, kept = turns()[-1].asked_by, number()
    if kept is not None and not _is_at_it(mark):
        open_one(kept)
        st.rerun()
    st.caption(tr("This question is being answered in another window."))


def n_rewound() -> int:
    """How often that was done in this session: what was open below an answer stays open below no other one."""
    n: int = st.session_state.get(_REWOUND, 0)
    return n


def show_more() -> None:
    """As many again, further up."""
    try:
        page_turns.show_more(_earlier)
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
    _look_up_flags()


def open_one(wanted: int) -> None:
    """Show this conversation; a callback of the list."""
    clear()
    _open(wanted)


@to_the_end()
def clear() -> None:
    """Begin anew; what was there stays in the list."""
    page_turns.begin([])
    for key in (_REPLACED, *_ON_THEIR_WAY):
        st.session_state.pop(key, None)
    st.session_state[_NUMBER] = None
    st.session_state[_KEPT], st.session_state[_NOT_KEPT] = 0, ""
    st.query_params.pop(_PARAMETER, None)
    st.session_state["narrow"] = ""
    document_choice.choose(())
    flag_button.rewind(0)
    ratings.rewind(0)
    sampling_choice.clear()


@to_the_end()
def _open(wanted: int) -> None:
    try:
        record = shelf().record(personal().name, wanted)
        first = max(0, record.n_turns - page_turns.PART)
        latest = [kept_turns.read(text) for text in shelf().turns(personal().name, wanted, first)]
        ratings.open_all(feedback(wanted))
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
        st.query_params.pop(_PARAMETER, None)
        return
    if latest and latest[-1].asked_by and not _is_at_it(latest[-1].asked_by):
        latest[-1] = replace(latest[-1], asked_by="")
    page_turns.begin(latest, first)
    _look_up_flags()
    if latest:
        scope_choice.restore(latest[-1].scope)
        st.session_state[IS_NEW] = True
    st.session_state[_NUMBER] = wanted
    st.session_state[_CHANGED] = record.changed_at
    st.session_state[_KEPT] = page_turns.n_turns()
    st.query_params[_PARAMETER] = str(wanted)
